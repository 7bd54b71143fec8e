// Scrolls an element into view and says where a pointer hits it, and what lies beside: null when it cannot be hit.
(S, path) => {
  const el = S.find(path);
  if (!el || !S.visible(el)) return null;
  S.reveal(el);
  const r = el.getBoundingClientRect();
  const left = Math.max(0, r.left),
    right = Math.min(innerWidth, r.right),
    top = Math.max(0, r.top),
    bottom = Math.min(innerHeight, r.bottom);
  if (right - left < 2 || bottom - top < 2) return null;
  for (const [fx, fy] of [
    [0.5, 0.5],
    [0.2, 0.5],
    [0.8, 0.5],
    [0.5, 0.2],
    [0.5, 0.8],
  ]) {
    const x = left + (right - left) * fx;
    const y = top + (bottom - top) * fy;
    const hit = document.elementFromPoint(x, y);
    if (hit && (hit === el || S.closest(hit, (at) => at === el)))
      return { x, y, left, right, top, bottom, scroll: [el.scrollLeft, scrollX] };
  }
  return null;
};
