// The leaderboard of superpos: a table that sorts and explains itself. All that it shows is in the JSON text #data.
'use strict';

const data = JSON.parse(document.getElementById('data').textContent);
const state = {set: Object.keys(data.sets)[0], key: null, down: true, picked: null};

function byId(id) {
  return document.getElementById(id);
}

function element(tag, text, mark) {
  const e = document.createElement(tag);
  if (text !== undefined) e.textContent = text;
  if (mark) e.className = mark;
  return e;
}

// Numbers. A value is {mean, low, high, organisms, networks, results}; what is not available is not there.

function valueOf(set, method, metric) {
  return (data.sets[set][method] || {})[metric];
}

function numberText(x, share) {
  if (x === null || x === undefined) return '\u2013';
  return x.toFixed(share || Math.abs(x) < 10 ? 2 : 1);
}

function intervalText(v, share) {
  if (v.low === null) return '';
  if (v.results === 1) return '(one result, no interval)';
  if (v.low === v.high) return '(all alike)';
  return '[' + numberText(v.low, share) + ', ' + numberText(v.high, share) + ']';
}

function fullText(v, metric) {
  const share = data.metrics[metric].share;
  return numberText(v.mean, share) + ' ' + intervalText(v, share);
}

function counted(n, word) {
  return n + ' ' + word + (n === 1 ? '' : 's');
}

// The order of the methods: what is not available comes last, whichever way one sorts.

function sortValue(method) {
  if (state.key === 'method') return method;
  const v = valueOf(state.set, method, state.key);
  return v ? v.mean : null;
}

function compare(a, b) {
  const x = sortValue(a);
  const y = sortValue(b);
  if (x === null || y === null) return (x === null) - (y === null);
  const difference = typeof x === 'string' ? x.localeCompare(y) : x - y;
  return state.down ? -difference : difference;
}

function ordered(methods) {
  return state.key ? [...methods].sort(compare) : methods;
}

// What a number means.

function reasons(method) {
  const said = data.names[state.set].map(name => data.why[method + '|' + name]).filter(Boolean);
  const different = [...new Set(said)].slice(0, 3);
  if (different.length) return different.join('; ');
  return 'This method gives nothing that this metric could measure, or the truth it needs is not shipped.';
}

function restsOn(v) {
  const parts = [counted(v.organisms, 'organism'), counted(v.networks, 'network'), counted(v.results, 'result')];
  return 'Rests on ' + parts.join(', ') + ' (' + state.set + '); interval over organisms, their training seeds and the method\u2019s.';
}

function controlsOf(method, metric) {
  const out = [];
  for (const [name, about] of Object.entries(data.methods)) {
    const v = valueOf(state.set, name, metric);
    if (about.role === 'control' && name !== method && v) out.push(name + ' ' + fullText(v, metric));
  }
  const untrained = data.control_set && data.control_set !== state.set && valueOf(data.control_set, method, metric);
  if (untrained) out.push('the same method on ' + data.control_set + ' ' + fullText(untrained, metric));
  const other = data.metrics[metric].control;
  const random = other && valueOf(state.set, method, other);
  if (random) out.push('random latents of the same dictionary ' + fullText(random, other));
  return out;
}

function explain(method, metric, cell) {
  state.picked = [method, metric];
  document.querySelectorAll('td.picked').forEach(e => e.classList.remove('picked'));
  if (cell) cell.classList.add('picked');
  const v = valueOf(state.set, method, metric);
  const about = data.methods[method];
  const box = byId('explained');
  box.replaceChildren();
  box.append(element('b', method + ', ' + data.metrics[metric].title + ': ' + (v ? fullText(v, metric) : 'not available')));
  box.append(element('div', data.metrics[metric].means));
  box.append(element('div', about.about + ' Sees: ' + about.sees + '. Role: ' + about.role + '.'));
  box.append(element('div', v ? restsOn(v) : reasons(method)));
  const controls = controlsOf(method, metric);
  if (controls.length) box.append(element('div', 'Controls: ' + controls.join('; ') + '.'));
}

// The table.

function onClickOrEnter(e, act) {
  e.tabIndex = 0;
  e.onclick = act;
  e.onkeydown = event => { if (event.key === 'Enter') act(); };
}

function sortBy(key) {
  if (state.key === key) {
    state.down = !state.down;
  } else {
    state.key = key;
    state.down = key !== 'method' && data.metrics[key].better !== -1;
  }
  draw();
}

function heading(key, title, tip) {
  const th = element('th');
  th.append(element('span', title));
  th.title = tip;
  if (state.key === key) th.setAttribute('aria-sort', state.down ? 'descending' : 'ascending');
  onClickOrEnter(th, () => sortBy(key));
  return th;
}

function methodCell(method) {
  const about = data.methods[method];
  const td = element('td', method);
  td.title = about.about;
  if (about.role !== 'method') td.append(element('small', about.role, 'role ' + about.role.replace(' ', '-')));
  return td;
}

function valueCell(method, metric) {
  const v = valueOf(state.set, method, metric);
  const share = data.metrics[metric].share;
  const td = element('td', numberText(v && v.mean, share), share ? 'value share' : 'value');
  if (v) {
    if (v.low !== v.high && v.results > 1) td.append(element('small', intervalText(v, share)));
    td.title = data.metrics[metric].title + ' ' + fullText(v, metric);
    if (share) td.style.setProperty('--bar', 100 * Math.max(0, Math.min(1, v.mean)) + '%');
  }
  onClickOrEnter(td, () => explain(method, metric, td));
  if (state.picked && state.picked[0] === method && state.picked[1] === metric) td.classList.add('picked');
  return td;
}

function shownMetrics() {
  const methods = Object.values(data.sets[state.set]);
  return Object.keys(data.metrics).filter(metric => methods.some(values => values[metric]));
}

function draw() {
  const metrics = shownMetrics();
  const head = element('tr');
  head.append(heading('method', 'method', 'click to sort'));
  for (const key of metrics) head.append(heading(key, data.metrics[key].title, data.metrics[key].means + ' (click to sort)'));
  const thead = element('thead');
  thead.append(head);

  const tbody = element('tbody');
  for (const method of ordered(Object.keys(data.methods))) {
    const row = element('tr');
    row.append(methodCell(method), ...metrics.map(metric => valueCell(method, metric)));
    tbody.append(row);
  }
  byId('leaderboard').replaceChildren(thead, tbody);
  if (state.picked) explain(...state.picked, document.querySelector('td.picked'));
}

// Methods against one method.

function drawVersus(reference, rows) {
  const table = element('table');
  const titles = ['against ' + reference, 'difference in F1', 'interval', 'ratio of errors (1 - F1)', 'interval', 'networks'];
  const head = element('tr');
  head.append(...titles.map(title => element('th', title)));
  table.append(head);
  for (const [method, v] of Object.entries(rows)) {
    if (method === reference) continue;
    const difference = '[' + numberText(v.difference_low, true) + ', ' + numberText(v.difference_high, true) + ']';
    const ratio = '[' + numberText(v.ratio_low, true) + ', ' + numberText(v.ratio_high, true) + ']';
    const cells = [method, numberText(v.difference, true), difference, numberText(v.ratio, true), ratio, v.networks];
    const row = element('tr');
    row.append(...cells.map(text => element('td', text)));
    table.append(row);
  }
  const box = element('div');
  box.append(table);
  byId('versus').append(box);
}

function start() {
  for (const [title, names] of Object.entries(data.names)) {
    const option = element('option', title + ' (' + counted(names.length, 'network') + ')');
    option.value = title;
    byId('set').append(option);
  }
  byId('set').onchange = event => {
    state.set = event.target.value;
    draw();
  };
  draw();
  for (const [reference, rows] of Object.entries(data.versus)) drawVersus(reference, rows);
}

start();
