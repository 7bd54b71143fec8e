// One control and what it says of itself: role, name and states as assistive technology gets them. `arg.selector` finds it the first
// time; later calls with `arg.again` ask the same element, wherever it is by then.
(S, arg) => {
  const kept = (globalThis.CONTROLS_KEPT ??= new Map());
  if (!arg.again) kept.set(arg.selector, S.find(arg.selector));
  const el = kept.get(arg.selector);
  if (!el || !el.isConnected) return null;
  const state = (name) =>
    el.hasAttribute('aria-' + name)
      ? el
          .getAttribute('aria-' + name)
          .trim()
          .toLowerCase()
      : null;
  const boxes = [el, ...el.querySelectorAll('input[type=checkbox],input[type=radio]')].filter(
    (at) => at.localName === 'input',
  );
  if (arg.scroll) S.reveal(el);
  if (arg.blur && document.activeElement && document.activeElement !== document.body) document.activeElement.blur();
  const r = el.getBoundingClientRect();
  const home = S.parent(el) || el;
  const h = home.getBoundingClientRect();
  const x = Math.min(innerWidth - 1, Math.max(0, r.x + r.width / 2));
  const y = Math.min(innerHeight - 1, Math.max(0, r.y + r.height / 2));
  let hit = document.elementFromPoint(x, y);
  while (
    hit &&
    hit.shadowRoot &&
    hit.shadowRoot.elementFromPoint(x, y) &&
    hit.shadowRoot.elementFromPoint(x, y) !== hit
  )
    hit = hit.shadowRoot.elementFromPoint(x, y);
  return {
    role: S.role(el),
    name: S.name(el).slice(0, 120),
    text: S.text(el, 200),
    expanded:
      el.localName === 'summary' ? String(Boolean(el.parentElement && el.parentElement.open)) : state('expanded'),
    pressed: state('pressed'),
    selected: state('selected'),
    checked: state('checked'),
    current: state('current'),
    value: [state('valuenow'), state('valuetext')],
    // Where it lies in its parent, however the page was scrolled.
    lies: [r.x - h.x + home.scrollLeft, r.y - h.y + home.scrollTop, r.width, r.height],
    native: boxes.map((box) => box.checked),
    visible: S.visible(el),
    x,
    y,
    box: [r.x, r.y, r.width, r.height],
    free: Boolean(hit && (el.contains(hit) || hit.contains(el) || S.closest(hit, (at) => at === el))),
    controls: (el.getAttribute('aria-controls') || '').slice(0, 100),
  };
};
