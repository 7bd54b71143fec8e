// Runs in: base 320
(S, argument) => {
  // What happens to text under the spacing of 1.4.12: measured, laid over, measured again and taken off within one call, so
  // that the page's own scripts see nothing of it. A constructed style sheet is not bound by the page's content policy.
  // `argument.step` splits the call for a fresh page that gets time to adapt: `on` measures and lays over, `compare` measures again.
  const SHEET = `*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important} p{margin-bottom:2em!important}`;
  const STILL = `*,*::before,*::after{transition:none!important}`;
  const roots = () => [
    document,
    ...S.all('*', document, 20000)
      .filter((el) => el.shadowRoot)
      .map((el) => el.shadowRoot),
  ];
  const lay = (on, css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    for (const root of on) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    return () => {
      for (const root of on) root.adoptedStyleSheets = [...root.adoptedStyleSheets].filter((other) => other !== sheet);
    };
  };
  const vw = document.documentElement.clientWidth;
  const over = () =>
    S.style(document.documentElement).overflowX !== 'visible'
      ? S.style(document.documentElement).overflowX
      : S.style(document.body).overflowX;
  const held = document.body && /hidden|clip/.test(over());

  const measure = (nodes) => {
    const atEdge = (l) =>
      l.seen && !l.scroller && l.seen.right > vw && l.seen.left < vw
        ? { ...l, lostX: l.lostX + l.seen.right - vw, by: l.by || document.body }
        : l;
    return nodes.map((node) => (held ? S.lines(node).map(atEdge) : S.lines(node)));
  };
  const begin = () => {
    const nodes = S.textNodes(document.body, 3000).filter((node) => !S.iconText(node.parentElement, node.data));
    const first = measure(nodes);
    const pairs = S.collisions(first);
    const texts = nodes.map((node) => node.data);
    // Taken off in this order: without transitions the spacing goes back at once.
    const on = roots();
    const still = lay(on, STILL);
    const off = [lay(on, SHEET), () => document.documentElement.offsetWidth, still];
    return { nodes, first, pairs, texts, off };
  };
  const compare = ({ nodes, first, pairs, texts }) => {
    const second = measure(nodes);
    const cut = [];
    const refused = [];
    const said = new Set();
    nodes.forEach((node, i) => {
      const el = node.parentElement;
      if (
        !el ||
        !node.isConnected ||
        said.has(el) ||
        node.data !== texts[i] ||
        /^(zh|ja|ko|th|lo|km|my|bo)/.test((S.closest(el, (at) => at.lang) || {}).lang || '')
      )
        return;
      const s = S.style(el);
      const size = parseFloat(s.fontSize);
      if (parseFloat(s.letterSpacing) < 0.119 * size || parseFloat(s.wordSpacing) < 0.159 * size) refused.push(el);
      if (S.hiddenFromAT(el)) return;
      const whole = first[i].filter((l) => l.seen && (l.lostX > 2 || l.lostY > 2)).length;
      const gone = first[i].filter((l) => !l.seen).length;
      if (whole || gone) return;
      const perPx =
        node.data.trim().length /
        Math.max(
          1,
          second[i].reduce((sum, l) => sum + l.width, 0),
        );
      let worst = null;
      for (const l of second[i]) {
        const chars = l.lostX * perPx;
        const share = l.lostY / l.height;
        if (
          l.by &&
          ((l.lostX > 8 && chars >= 1.2) || (l.lostY > 2 && share >= 0.3)) &&
          (!worst || l.lostX + l.lostY > worst.px)
        )
          worst = { px: l.lostX + l.lostY, chars, share, axis: l.lostY > 2 && share >= 0.3 ? 'y' : 'x', by: l.by };
      }
      if (!worst) return;
      said.add(el);
      // Meant to be short: an expander, a link to the whole text.
      const meant = S.loss(node, second[i]) || {};
      const clip = S.style(worst.by);
      cut.push(
        S.place(el, {
          text: node.data.trim().slice(0, 120),
          axis: worst.axis,
          lost: Math.round(worst.px),
          chars: Math.round(worst.chars),
          share: Math.round(100 * worst.share),
          by: S.selector(worst.by),
          elsewhere: Boolean(meant.expander || (worst.axis === 'y' && meant.linked)),
          ellipsis: clip.textOverflow.includes('ellipsis') || s.textOverflow.includes('ellipsis'),
          clamp: clip.webkitLineClamp !== 'none',
          strip: Boolean(S.strip(el)),
          exempt: Boolean(
            S.closest(el, (at) =>
              at.matches('svg,canvas,[role=img],video,.leaflet-container,.ol-viewport,.esri-view,.gm-style'),
            ),
          ),
        }),
      );
    });
    const collided = [];
    for (const [key, [a, b]] of S.collisions(second, 400)) {
      if (pairs.has(key)) continue;
      const [x, y] = [nodes[a].parentElement, nodes[b].parentElement];
      if (!x || !y || !S.apart(x, y)) continue;
      collided.push(
        S.place(x, {
          text: nodes[a].data.trim().slice(0, 80),
          other: S.selector(y),
          otherText: nodes[b].data.trim().slice(0, 80),
        }),
      );
    }
    return {
      texts: nodes.length,
      width: vw,
      cut: cut.slice(0, 30),
      collided: collided.slice(0, 20),
      refused: refused.slice(0, 20).map((el) => S.place(el)),
    };
  };

  if (!document.body) return { texts: 0, cut: [], collided: [], refused: [] };
  if (argument.step === 'on') {
    globalThis.SPACING = begin();
    setTimeout(() => dispatchEvent(new Event('resize')), 100);
    return { texts: globalThis.SPACING.nodes.length };
  }
  if (argument.step === 'compare') return compare(globalThis.SPACING);
  const began = begin();
  try {
    return S.afresh(() => compare(began));
  } finally {
    for (const off of began.off) off();
  }
};
