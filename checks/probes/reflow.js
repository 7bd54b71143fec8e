// Runs in: base 320
(S, argument) => {
  // At 320 CSS px: what sticks out sideways, what is cut off, what was there at full width and is gone, what covers the view.
  // The first run in a document remembers what could be seen (full width); later runs compare. A document loaded at 320 px
  // compares with nothing: `argument.fresh`.
  const fold = (text) => text.replace(/\s+/g, ' ').trim();
  const vw = document.documentElement.clientWidth;
  const vh = innerHeight;
  const inFrame = window !== top;
  const nodes = S.textNodes(document.body, 4000);
  const CONTROLS =
    'a[href],button,input:not([type=hidden]),select,textarea,summary,[role=button],[role=link],[role=checkbox],[role=radio],[role=tab],[role=menuitem],[role=textbox],[role=combobox],[role=switch],[role=slider]';
  const controls = S.all(CONTROLS, document, 20000)
    .filter((el) => S.visible(el))
    .slice(0, 1500);

  // For every visible text: how many lines of it can be seen, how many are partly cut.
  const state = new Map();
  for (const node of nodes) {
    const lines = S.lines(node);
    const some = lines.some((l) => l.seen); // of a text that is nowhere to be seen no line is cut off
    state.set(node, {
      lines,
      text: fold(node.data),
      cut: lines.some((l) => (l.seen || some) && (l.lostX > 2 || l.lostY > 2)),
      seen: some,
      inView: lines.some((l) => l.seen && l.seen.left + scrollX < vw && l.seen.right + scrollX > 0),
    });
  }

  if (!argument.fresh && !globalThis.BEFORE) {
    globalThis.BEFORE = {
      nodes: new Map([...state].map(([node, s]) => [node, { seen: s.inView, cut: s.cut }])),
      texts: new Map([...state.values()].filter((s) => s.inView).map((s) => [s.text, s.cut])),
      main: [...state]
        .filter(([node, s]) => s.seen && s.text.length >= 20 && node.parentElement.closest('main,[role=main]'))
        .slice(0, 600)
        .map(([node, s]) => ({ node, text: s.text })),
      fields: controls.filter((el) => el.matches('input,select,textarea,button') && !S.disabled(el)).slice(0, 300),
      whole: new Set(
        controls.filter((el) => {
          const r = el.getBoundingClientRect();
          return r.left >= 0 && r.right <= vw + 1;
        }),
      ),
    };
    return { texts: nodes.length, width: vw };
  }
  const before = argument.fresh ? null : globalThis.BEFORE;
  const wasSeen = (node, text) =>
    !before || (before.nodes.has(node) ? before.nodes.get(node).seen : before.texts.has(text));
  const wasCut = (node, text) =>
    Boolean(before) && (before.nodes.has(node) ? before.nodes.get(node).cut : before.texts.get(text) === true);

  const root = document.scrollingElement || document.documentElement;
  const ofViewport =
    S.style(document.documentElement).overflowX !== 'visible'
      ? S.style(document.documentElement).overflowX
      : document.body
        ? S.style(document.body).overflowX
        : 'visible';
  const held = ofViewport === 'hidden' || ofViewport === 'clip';
  const over = root.scrollWidth - root.clientWidth;
  const rtl = S.style(root).direction === 'rtl';
  // How far beyond the edge on the side to which the page can scroll, in px; rects are relative to the viewport at scroll 0.
  const dx = root.scrollLeft;
  const sticksOut = (r) => (rtl ? -(r.left + dx) : r.right + dx - vw);
  const whollyOut = (r) => (rtl ? r.right + dx <= 0 : r.left + dx >= vw);

  // Content that the criterion lets need two dimensions: data tables, code, pictures, diagrams, maps, video, tool bars.
  const EXEMPT =
    'table,pre,code,svg,canvas,video,img,picture,object,embed,math,[role=grid],[role=treegrid],[role=table],[role=toolbar],[role=img],[role=application],.leaflet-container,.ol-viewport,.esri-view,.mapboxgl-map,.maplibregl-map,.gm-style,.highcharts-container,.monaco-editor,.CodeMirror';
  const exempt = (el) => {
    const at = S.closest(el, (x) => x.matches(EXEMPT));
    return at ? (at.localName === 'table' && layoutTable(at) ? '' : at.localName) : '';
  };
  const layoutTable = (table) =>
    ['presentation', 'none'].includes(table.getAttribute('role')) ||
    (!table.querySelector('th,caption,thead,[scope],[headers]') && table.rows.length <= 1);
  const fixedAt = (el) => S.closest(el, (at) => ['fixed', 'sticky'].includes(S.style(at).position));
  // Panels parked outside the view until somebody opens them.
  const parked = (el) =>
    Boolean(
      S.closest(
        el,
        (at) =>
          at.getAttribute('aria-hidden') === 'true' ||
          at.inert ||
          at.matches('dialog,[role=dialog]') ||
          (['absolute', 'fixed'].includes(S.style(at).position) && whollyOut(at.getBoundingClientRect())),
      ),
    );
  const beyond = [];
  const cut = [];
  const said = new Set();
  // What stands whole at another place, such as a heading that a bar repeats, is not lost.
  const whole = new Set([...state.values()].filter((s) => s.inView && !s.cut).map((s) => s.text));
  for (const [node, s] of state) {
    const el = node.parentElement;
    if (said.has(el) || S.iconText(el, node.data) || !S.style(el).writingMode.startsWith('horizontal')) continue;
    const hidden = S.hiddenFromAT(el);
    let worst = null;
    for (const l of s.lines) {
      const out = l.seen ? sticksOut(l.seen) : 0;
      if (out > 8 && !l.scroller && (!worst || out > worst.out)) worst = { out, l };
    }
    const lost = S.loss(node, s.lines);
    if (worst && !hidden && s.text.length >= 2) {
      said.add(el);
      const out = whollyOut(worst.l.seen);
      beyond.push({
        el,
        kind: 'text',
        text: s.text.slice(0, 120),
        out: Math.round(worst.out),
        width: Math.round(worst.l.width),
        crossing: !out,
        exempt: exempt(el),
        parked: out && parked(el),
        fixed: Boolean(fixedAt(el)),
        strip: Boolean(S.strip(el)),
        wasSeen: wasSeen(node, s.text),
        wasCut: wasCut(node, s.text),
      });
    }
    if (lost && !hidden && wasSeen(node, s.text) && !wasCut(node, s.text)) {
      said.add(el);
      cut.push({
        el,
        ...lost,
        text: s.text.slice(0, 120),
        exempt: exempt(el),
        fixed: Boolean(fixedAt(el)),
        whole: whole.has(s.text),
      });
    }
  }
  // Fields and buttons that a box hides wholly, to the side.
  const hiddenControls = [];
  const cutter = (el) => {
    const r = el.getBoundingClientRect();
    for (let at = S.clippers(el.parentElement); at; at = at.next)
      if (at.x === 'cut' && (r.left >= at.right - 2 || r.right <= at.left + 2) && at.right - at.left > 40) return at.el;
    return null;
  };
  // Something between the control and the box that is moved to show it, or buttons that page through the box.
  const slid = (el, clip) =>
    Boolean(
      S.closest(
        S.parent(el),
        (at) =>
          at !== clip && clip.contains(at) && (S.style(at).transform !== 'none' || S.style(at).position === 'absolute'),
      ),
    );
  const pager = (clip) =>
    Boolean(
      clip.parentElement &&
      [...clip.parentElement.querySelectorAll('button,[role=button],a')]
        .slice(0, 60)
        .some(
          (b) =>
            !clip.contains(b) &&
            /volgende|vorige|next|prev|menu|sluit|close|open/i.test(
              b.textContent + (b.getAttribute('aria-label') || '') + b.className,
            ),
        ),
    );
  for (const el of controls) {
    if (S.hiddenFromAT(el)) continue;
    const rect = el.getBoundingClientRect();
    let r = { left: rect.left, right: rect.right };
    let scroller = false;
    for (let at = S.clippers(el.parentElement); at; at = at.next)
      if (at.x === 'scroll' && (r.right > at.right + 1 || r.left < at.left - 1)) scroller = true;
      else if (at.x) r = { left: Math.max(r.left, at.left), right: Math.min(r.right, at.right) };
    if (
      !scroller &&
      r.right <= r.left &&
      el.matches('input,select,textarea,button') &&
      !S.disabled(el) &&
      hiddenControls.length < 20
    ) {
      const clip = cutter(el);
      if (clip)
        hiddenControls.push(
          S.place(el, {
            text: (S.name(el) || '').slice(0, 120),
            by: S.selector(clip),
            strip: Boolean(S.strip(el)) || slid(el, clip),
            parked: parked(el) || pager(clip),
            wasSeen: !before || before.whole.has(el),
          }),
        );
    }
    if (scroller || r.right <= r.left) continue;
    const out = sticksOut(r);
    if (out > 8 && rect.width > 4)
      beyond.push({
        el,
        kind: 'control',
        text: (S.name(el) || '').slice(0, 120),
        out: Math.round(out),
        width: Math.round(rect.width),
        crossing: !whollyOut(r),
        exempt: exempt(el),
        parked: whollyOut(r) && parked(el),
        fixed: Boolean(fixedAt(el)),
        strip: Boolean(S.strip(el)),
        field: el.matches('input,select,textarea,button'),
        wasSeen: !before || before.whole.has(el),
        wasCut: false,
      });
  }
  // What is wide itself, when no text or control explains the scrolling.
  const wide =
    over > 4 && !held
      ? S.all('table,img,svg,canvas,video,iframe,pre,div,section,ul,object', document.body || document, 8000)
          .filter((el) => {
            const r = el.getBoundingClientRect();
            return sticksOut(r) > 4 && r.width > 1 && S.visible(el) && !S.clippers(el.parentElement);
          })
          .slice(-5)
          .map((el) =>
            S.place(el, {
              exempt: exempt(el),
              out: Math.round(sticksOut(el.getBoundingClientRect())),
              empty: !S.text(el, 20),
            }),
          )
      : [];

  // Text blocks and fields of the main part that were there at full width and are nowhere now.
  const now = new Set([...state.values()].filter((s) => s.seen).map((s) => s.text));
  const joined = [...now].join(' ');
  const opener = document.querySelector(
    'main [aria-expanded=false], main summary, [role=main] [aria-expanded=false], main [role=tab]',
  );
  // What lies further along in a strip or box that rolls is there.
  const rolls = (node) =>
    Boolean(S.strip(node.parentElement)) || (state.get(node)?.lines || []).some((l) => l.scroller || l.rolled);
  const lost = before
    ? before.main
        .filter(
          ({ node, text }) =>
            !now.has(text) && !joined.includes(text) && !(node.isConnected && (state.get(node)?.seen || rolls(node))),
        )
        .slice(0, 20)
        .map(({ node, text }) => ({
          ...(node.parentElement && node.isConnected ? S.place(node.parentElement) : { selector: 'main', snippet: '' }),
          text: text.slice(0, 160),
          opener: Boolean(opener),
        }))
    : [];

  // Layers that stay in view while the page scrolls.
  const layers = S.all('*', document.body || document, 15000)
    .filter((el) => {
      const p = S.style(el).position;
      return (
        (p === 'fixed' || (p === 'sticky' && (S.style(el).top !== 'auto' || S.style(el).bottom !== 'auto'))) &&
        S.visible(el) &&
        parseFloat(S.style(el).opacity) > 0.1
      );
    })
    .slice(0, 60);
  const covers = [];
  const bands = [];
  for (const el of inFrame ? [] : layers) {
    const r = el.getBoundingClientRect();
    const sticky = S.style(el).position === 'sticky';
    const bottom = S.style(el).bottom !== 'auto' && S.style(el).top === 'auto';
    if (
      Math.min(r.right, vw) - Math.max(r.left, 0) < 0.6 * vw ||
      S.style(el).pointerEvents === 'none' ||
      (sticky &&
        S.closest(
          S.parent(el),
          (at) =>
            at !== document.documentElement &&
            at !== document.body &&
            S.clippers(at)?.el === at &&
            S.clippers(at).y === 'scroll',
        ))
    )
      continue;
    if (sticky && r.height > vh) continue;
    const top = sticky ? (bottom ? vh - r.height : Math.max(0, parseFloat(S.style(el).top) || 0)) : Math.max(0, r.top);
    const end = sticky ? top + r.height : Math.min(vh, r.bottom);
    if (end - top < 8) continue;
    const see = S.style(el);
    const solid =
      see.backgroundImage !== 'none' || !/rgba\(.*, 0\)|transparent/.test(see.backgroundColor) || S.text(el, 10);
    if (!solid) continue;
    bands.push([top, end]);
    covers.push(
      S.place(el, {
        share: Math.round((100 * (end - top)) / vh),
        sticky,
        dialog: Boolean(
          S.closest(
            el,
            (at) =>
              at.matches('dialog,[role=dialog],[role=alertdialog]') ||
              /cookie|consent|modal|dialog|popup/i.test(`${at.id} ${at.getAttribute('class') || ''}`),
          ),
        ),
        closable: Boolean(el.querySelector('button,[role=button],a[href]')),
      }),
    );
  }
  bands.sort((a, b) => a[0] - b[0]);
  let covered = 0;
  let reach = 0;
  for (const [top, end] of bands) {
    covered += Math.max(0, end - Math.max(top, reach));
    reach = Math.max(reach, end);
  }
  // Controls of a fixed layer that lie below the view and cannot be scrolled to.
  const unreachable = [];
  for (const el of inFrame ? [] : controls) {
    const layer = S.closest(el, (at) => S.style(at).position === 'fixed');
    if (!layer || S.hiddenFromAT(el) || S.strip(el)) continue;
    const r = el.getBoundingClientRect();
    const l = layer.getBoundingClientRect();
    let rolled = false;
    for (let at = S.clippers(el); at; at = at.next)
      if (at.y === 'scroll' && at.el.scrollHeight > at.el.clientHeight) rolled = true;
    const starts = l.top < vh - 8 && l.bottom > 8 && l.left < vw - 8 && l.right > 8;
    if (!rolled && starts && r.height > 4 && (r.top >= vh - 4 || r.bottom <= 4) && l.height > 40)
      unreachable.push(
        S.place(el, {
          text: (S.name(el) || '').slice(0, 120),
          wasSeen: !before || before.whole.has(el),
          layer: S.selector(layer),
        }),
      );
  }
  beyond.sort((a, b) => b.out - a.out);
  return {
    width: vw,
    height: vh,
    over,
    held,
    scrolls: over > 4 && !held,
    vertical: root.scrollHeight > vh + 4,
    texts: nodes.length,
    covered: Math.round((100 * covered) / vh),
    beyond: beyond
      .slice(0, 40)
      .map(({ el, ...more }) => S.place(el, { ...more, framed: inFrame, pageScrolls: over > 4 && !held, held: held })),
    cut: cut.slice(0, 30).map(({ el, ...more }) => S.place(el, more)),
    hiddenControls,
    wide: inFrame ? [] : wide,
    lost,
    covers,
    unreachable: unreachable.slice(0, 20),
  };
};
