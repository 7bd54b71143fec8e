// One size of the page: how large its texts are, which are cut off or run over each other, how they are turned, what asks to turn the
// device. `argument.step`: `first` remembers, `next` compares with it; `lone` measures a page loaded at this size (no comparison).
(S, argument) => {
  const angles = new Map();
  // Clockwise turn of an element in degrees, all ancestors' transforms and rotations together.
  const angle = (el) => {
    if (!el) return 0;
    if (!angles.has(el)) {
      const s = S.style(el);
      let own = 0;
      if (s.transform !== 'none') {
        const m = new DOMMatrix(s.transform);
        own += (Math.atan2(m.b, m.a) * 180) / Math.PI;
      }
      const turn = /^(?:z )?(-?[\d.]+)deg$/.exec(s.rotate);
      if (turn) own += +turn[1];
      angles.set(el, own + angle(S.parent(el)));
    }
    return angles.get(el);
  };
  const fold = (text) => text.replace(/\s+/g, ' ').trim();
  const seen = S.textNodes(document.body, 4000).filter(
    (node) => !S.iconText(node.parentElement, node.data) && !node.parentElement.closest('svg'),
  );
  const before = argument.step === 'next' ? globalThis.ZOOM : null;
  const now = { texts: new Map(), strings: new Map() };
  const measured = S.afresh(() => seen.map((node) => S.lines(node)));
  let chars = 0;
  let turned = 0;
  const cut = [];
  const texts = [];
  const said = new Set();
  seen.forEach((node, i) => {
    const el = node.parentElement;
    const text = fold(node.data);
    const loss = S.loss(node, measured[i]);
    const shown = measured[i].some((l) => l.seen);
    const item = { size: parseFloat(S.style(el).fontSize), lost: Boolean(loss), shown, angle: angle(el) };
    now.texts.set(node, item);
    now.strings.set(text, item);
    if (!shown) return;
    chars += text.length;
    const was = before && (before.texts.get(node) || before.strings.get(text));
    const delta = was ? Math.abs((((item.angle - was.angle) % 360) + 360) % 360) : 0;
    if (was && (Math.abs(delta - 90) < 1 || Math.abs(delta - 270) < 1)) turned += text.length;
    // On a button every word counts.
    if ((text.length >= 10 || (text.length >= 4 && el.closest('button,[role=button]'))) && texts.length < 400)
      texts.push({ node, el, text, size: item.size, was: was ? was.size : 0, delta });
    if (loss && !S.hiddenFromAT(el) && !said.has(el) && (!before || (was && was.shown && !was.lost))) {
      said.add(el);
      cut.push(S.place(el, { ...loss, text: text.slice(0, 120) }));
    }
  });
  // What was to be seen and lies wholly outside the box that cuts it off now, and stands nowhere else: one of each box. Not what is parked
  // beside the view or moved into it.
  const standing = new Set(seen.filter((node, i) => measured[i].some((l) => l.seen)).map((node) => fold(node.data)));
  const hidden = new Map();
  seen.forEach((node, i) => {
    const el = node.parentElement;
    const text = fold(node.data);
    const was = before && before.texts.get(node);
    const lines = measured[i];
    if (!was || !was.shown || was.lost || text.length < 3 || standing.has(text) || !lines.length) return;
    if (!lines.every((l) => !l.seen && l.by && !l.scroller && !l.rolled)) return;
    const by = lines[0].by;
    const box = by.getBoundingClientRect();
    const moved = (at) =>
      at !== by &&
      by.contains(at) &&
      (S.style(at).transform !== 'none' || ['absolute', 'fixed'].includes(S.style(at).position));
    if (box.width < 40 || box.height < 10 || S.hiddenFromAT(el) || S.visuallyHidden(el) || S.strip(el)) return;
    if (!S.closest(el, moved)) hidden.set(by, [...(hidden.get(by) || []), { el, text }]);
  });
  // What is typed or chosen in a field is text too (F80).
  for (const el of S.all('input,select,textarea', document, 400)) {
    if (!S.visible(el) || S.disabled(el) || /^(checkbox|radio|range|color|file|image|hidden)$/.test(el.type)) continue;
    const text = fold(S.name(el) || el.name || el.id || el.localName);
    if (texts.length < 400)
      texts.push({ node: el, el, text, size: parseFloat(S.style(el).fontSize), was: 0, delta: 0 });
  }
  const pairs = S.collisions(measured);
  const collided = [];
  if (before)
    for (const [, [a, b]] of pairs) {
      const [x, y] = [seen[a].parentElement, seen[b].parentElement];
      const known = before.pairs.some(([n, m]) => n === seen[a] && m === seen[b]);
      if (!known && before.texts.has(seen[a]) && before.texts.has(seen[b]) && S.apart(x, y))
        collided.push(
          S.place(x, {
            text: fold(seen[a].data).slice(0, 80),
            other: S.selector(y),
            otherText: fold(seen[b].data).slice(0, 80),
          }),
        );
    }
  const main = document.querySelector('main,[role=main]');
  const mainChars = seen.reduce(
    (sum, node, i) =>
      sum +
      (measured[i].some((l) => l.seen) &&
      (main ? main.contains(node) : !node.parentElement.closest('nav,header,footer,aside'))
        ? fold(node.data).length
        : 0),
    0,
  );
  // Fields and buttons of the main part that were there and are gone.
  const fields = S.all('input:not([type=hidden]),select,textarea,button', main || document.body, 500).filter(
    (el) => S.visible(el) && !S.disabled(el),
  );
  const gone = before
    ? before.fields
        .filter((el) => el.isConnected && !S.visible(el))
        .slice(0, 10)
        .map((el) => S.place(el, { name: S.name(el).slice(0, 100) }))
    : [];
  // Does something lie over the view and ask to turn the device?
  const ASK =
    /(draai|kantel|roteer|turn|rotate|tilt)[^.]{0,60}(apparaat|telefoon|mobiel|tablet|scherm|toestel|device|phone|screen)|(apparaat|telefoon|toestel|device|phone)[^.]{0,40}(draaien|kantelen|roteren|staand|liggend)/i;
  const hits = new Map();
  for (let i = 1; i < 10; i++)
    for (let j = 1; j < 10; j++) {
      const top = document.elementFromPoint((innerWidth * i) / 10, (innerHeight * j) / 10);
      for (let at = top; at && at !== document.body && at !== document.documentElement; at = S.parent(at))
        hits.set(at, (hits.get(at) || 0) + 1);
    }
  const layer = [...hits]
    .filter(([el, n]) => n >= 65 && ['fixed', 'absolute'].includes(S.style(el).position) && ASK.test(S.text(el, 600)))
    .map(([el]) => el)
    .pop();
  const asked = layer || (ASK.test(S.text(document.body, 1500)) && chars < 300 ? document.body : null);
  if (argument.step === 'first')
    globalThis.ZOOM = { ...now, fields, pairs: [...pairs.values()].map(([a, b]) => [seen[a], seen[b]]) };
  return {
    width: innerWidth,
    height: innerHeight,
    chars,
    mainChars,
    turned,
    hasMain: Boolean(main),
    big: S.all('canvas', document, 5000).some((el) => {
      const r = el.getBoundingClientRect();
      return r.width * r.height > 0.6 * innerWidth * innerHeight;
    }),
    texts: texts.map(({ el, text, size, was, delta }) => ({
      selector: S.selector(el),
      text: text.slice(0, 60),
      size,
      was,
      delta: Math.round(delta),
    })),
    turnedAt: texts
      .filter((t) => Math.abs(t.delta - 90) < 1 || Math.abs(t.delta - 270) < 1)
      .slice(0, 5)
      .map(({ el, text, delta }) => S.place(el, { text: text.slice(0, 80), delta: Math.round(delta) })),
    cut: cut.slice(0, 20),
    hidden: [...hidden.values()].slice(0, 10).map((all) =>
      S.place(all[0].el, {
        text: all
          .map((one) => one.text)
          .join(' / ')
          .slice(0, 160),
        texts: all.length,
      }),
    ),
    collided: collided.slice(0, 10),
    gone,
    asks: asked ? S.place(asked, { text: S.text(asked, 200), whole: asked === document.body }) : null,
  };
};
