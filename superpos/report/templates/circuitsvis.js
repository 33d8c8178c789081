// Draw every figure of circuitsvis on the page, and show its static twin only on paper.
document.querySelectorAll('script[data-component]').forEach((data, i) => {
  const box = data.parentElement, live = box.querySelector('.live'), place = live.querySelector('div');
  place.id = `circuitsvis-${i}`;
  live.hidden = false;
  CircuitsVis.render(place.id, CircuitsVis[data.dataset.component], JSON.parse(data.textContent));
  box.classList.add('drawn');
});
