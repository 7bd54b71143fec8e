// The layer that came into sight: `arg.do` = `find` (from `shown`: selectors of what is newly seen, and the `trigger`) or `there`.
(S, arg) => {
  const P = (globalThis.POPUP ??= { el: null });
  const visible = (el) => el && el.isConnected && S.visible(el) && el.getBoundingClientRect().width > 1;
  if (arg.do === 'there') {
    const r = visible(P.el) && P.el.getBoundingClientRect();
    return r ? [r.left, r.top, r.right, r.bottom] : null;
  }
  const trigger = S.find(arg.trigger);
  const shown = arg.shown.map((path) => S.find(path)).filter(visible);
  if (!trigger || !shown.length) return null;
  let common = shown[0];
  while (common && !shown.every((el) => S.closest(el, (at) => at === common))) common = S.parent(common);
  // The largest box around what is new that does not hold the trigger and is out of the flow, else the box itself.
  const contains = (a, b) => S.closest(b, (at) => at === a);
  if (!common || contains(common, trigger)) common = shown.find((el) => !contains(el, trigger)) || null;
  if (!common) return null;
  // A wide box that is not drawn and lets the pointer through is only where layers are put.
  const size = (el) => el.getBoundingClientRect().width * el.getBoundingClientRect().height;
  const holder = (el) => {
    const s = getComputedStyle(el);
    return (
      s.pointerEvents === 'none' &&
      s.backgroundImage === 'none' &&
      S.rgba(s.backgroundColor)[3] === 0 &&
      size(el) > 4 * size(common)
    );
  };
  let layer = common;
  for (let at = common; at && !contains(at, trigger) && at !== document.body; at = S.parent(at))
    if (/absolute|fixed/.test(getComputedStyle(at).position) && !holder(at)) layer = at;
  P.el = layer;
  const r = layer.getBoundingClientRect();
  const t = trigger.getBoundingClientRect();
  const inside = r.left >= t.left - 3 && r.right <= t.right + 3 && r.top >= t.top - 3 && r.bottom <= t.bottom + 3;
  const over = (rect) => {
    const left = Math.max(rect.left, r.left),
      right = Math.min(rect.right, r.right),
      top = Math.max(rect.top, r.top),
      bottom = Math.min(rect.bottom, r.bottom);
    if (right - left < 2 || bottom - top < 2 || (right - left) * (bottom - top) < 0.1 * rect.width * rect.height)
      return false;
    return [
      [0.5, 0.5],
      [0.2, 0.5],
      [0.8, 0.5],
    ].some(([fx, fy]) => {
      const stack = document.elementsFromPoint(left + (right - left) * fx, top + (bottom - top) * fy);
      const mine = stack.findIndex((el) => contains(layer, el));
      return mine >= 0 && getComputedStyle(layer).pointerEvents !== 'none'
        ? mine === 0 || contains(layer, stack[0])
        : getComputedStyle(layer).pointerEvents === 'none' && opaque();
    });
  };
  const opaque = () => {
    const s = getComputedStyle(layer);
    const a = /rgba\([^)]*,\s*([\d.]+)\)/.exec(s.backgroundColor);
    return s.backgroundImage !== 'none' || (s.backgroundColor !== 'transparent' && !(a && Number(a[1]) < 0.3));
  };
  const covered = [];
  for (const node of S.textNodes(document.body, 3000)) {
    const el = node.parentElement;
    if (contains(layer, el) || contains(trigger, el)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    if ([...range.getClientRects()].some((rect) => rect.width > 2 && over(rect))) {
      covered.push(S.text(el, 60));
      if (covered.length >= 3) break;
    }
  }
  if (covered.length < 3)
    for (const el of S.all('input:not([type=hidden]),select,textarea,img')) {
      if (contains(layer, el) || contains(trigger, el) || !S.visible(el)) continue;
      if (over(el.getBoundingClientRect())) {
        covered.push(`[${el.localName}] ${S.name(el)}`.slice(0, 60));
        if (covered.length >= 3) break;
      }
    }
  // A short value above a slider or progress bar follows the pointer: it tells where the pointer is, and moving to it changes it.
  const BAR = '[role=slider],[role=progressbar],input[type=range],progress,meter';
  const readout = (trigger.matches(BAR) || Boolean(trigger.querySelector(BAR))) && S.text(layer, 200).length <= 16;
  const CLOSE = /sluit|close|dismiss|^\s*[x\u00d7\u2715]\s*$/i;
  return {
    ...S.place(layer),
    text: S.text(layer, 200),
    role: S.role(layer),
    view: [r.left, r.top, r.right, r.bottom],
    inside,
    readout,
    covered,
    opaque: opaque(),
    modal: layer.getAttribute('aria-modal') === 'true' || layer.matches(':modal'),
    alert: Boolean(
      S.closest(layer, (at) => /alert/.test(at.getAttribute('role') || '')) || layer.querySelector('[role=alert]'),
    ),
    closes: S.all('button,[role=button],a', layer).some(
      (c) => S.visible(c) && CLOSE.test(`${S.name(c)} ${S.text(c, 20)}`),
    ),
    controls: S.all('a[href],button,input,select', layer).filter(S.visible).length,
  };
};
