// Describes the elements in LISTENING, those of delegated handlers, and those with a hand cursor of their own.
(S, arg) => {
  const boxes = innerWidth * innerHeight || 1;
  const describe = (el) => {
    const r = el.getBoundingClientRect();
    return S.place(el, {
      role: S.role(el),
      name: S.name(el).slice(0, 120),
      text: S.text(el, 120),
      focusable: S.focusable(el) && el.tabIndex >= 0,
      visible: S.visible(el),
      share: Math.round((1000 * r.width * r.height) / boxes) / 1000,
    });
  };
  const all = [...document.querySelectorAll('*')].slice(0, 15000);
  const found = new Map();
  const add = (el, type, via) => {
    if (!found.has(el)) found.set(el, { types: new Set(), via: new Set() });
    if (type) found.get(el).types.add(type);
    found.get(el).via.add(via);
  };
  for (const [el, type] of globalThis.LISTENING || []) add(el, type, 'listener');
  if (arg.total === all.length) for (const [i, type, via] of arg.found) if (all[i]) add(all[i], type, via);
  // A hand cursor that is the element's own, not inherited, says that the author means it to be clicked.
  for (const el of all) {
    if (
      found.has(el) ||
      !el.parentElement ||
      el.matches('a[href]') ||
      el.localName === 'button' ||
      el.localName === 'label' ||
      el.localName === 'summary' ||
      el.localName === 'select'
    )
      continue;
    if (getComputedStyle(el).cursor === 'pointer' && getComputedStyle(el.parentElement).cursor !== 'pointer')
      add(el, '', 'cursor');
  }
  globalThis.LISTENING = [];
  const roots = [];
  const elements = [];
  let more = 0;
  for (const [el, { types, via }] of found) {
    if (el === document.documentElement || el === document.body)
      roots.push({
        target: el.localName,
        types: [...types].sort(),
        frame: window === top ? '' : location.href.slice(0, 500),
      });
    else if (elements.length < arg.limit)
      elements.push({ ...describe(el), types: [...types].sort(), via: [...via].sort() });
    else more += 1;
  }
  return { elements, roots, more };
};
