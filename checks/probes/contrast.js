// Runs in: any
(S, argument) => {
  // Contrast of text by computed colours, with the reasons why they may not be what a person sees. An item is `solid` when the
  // colours of the text and of everything behind it are single, opaque in sum, at rest and covered by nothing: then the ratio is exact.
  // `argument.within`: selectors; only text within them, whatever its ratio. Sources: WCAG 2.1 relative luminance, contrast ratio.
  // Colours that change with the width alone are rare, and looking costs as much as at full width.
  if (innerWidth <= 320 && window === top && globalThis.CONTRAST && !argument.within)
    return { texts: 0, measured: 0, pictures: 0, complete: true, low: [], open: [], hidden: 0, skipped: 'narrow' };
  const first = !globalThis.CONTRAST;
  globalThis.CONTRAST = true;
  const { rgba, contrast: ratio } = S;
  // Premultiplied: associative, so layers may be joined from the inside out.
  const pre = ([r, g, b, a]) => [r * a, g * a, b * a, a];
  const on = (top, below) => top.map((v, i) => v + below[i] * (1 - top[3]));
  const dim = (layer, opacity) => layer.map((v) => v * opacity);
  const hex = (c) =>
    '#' +
    c
      .slice(0, 3)
      .map((v) => Math.round(v).toString(16).padStart(2, '0'))
      .join('');

  const root = document.documentElement;
  const moving = new Map();
  for (const a of document.getAnimations().slice(0, 500)) {
    const target = a.effect && a.effect.target;
    if (
      target &&
      a.playState === 'running' &&
      a.effect
        .getKeyframes()
        .some((k) => Object.keys(k).some((p) => /color|opacity|background|filter|visibility/i.test(p)))
    )
      moving.set(target, true);
  }
  const isRoot = (el) => el === root || el === document.body;
  // The canvas takes the background of the root, else of the body.
  const canvasOf = () =>
    [root, document.body]
      .filter(Boolean)
      .find((el) => rgba(S.style(el).backgroundColor)[3] > 0 || S.style(el).backgroundImage !== 'none');
  const canvas = canvasOf();

  // What one element adds to what is behind the texts in it; each is asked once.
  const shares = new Map();
  const px = (v) => parseFloat(v) || 0;
  const split = (list, sign) => {
    let depth = 0;
    const parts = [''];
    for (const c of list.replace(/url\("(?:[^"\\]|\\.)*"\)/g, 'url()')) {
      depth += c === '(' ? 1 : c === ')' ? -1 : 0;
      if (c === sign && !depth) parts.push('');
      else parts[parts.length - 1] += c;
    }
    return parts.map((part) => part.trim()).filter(Boolean);
  };
  // Pictures of a background that may be behind letters: not a thin line (an underline), nor what is drawn in the padding (an arrow, a magnifier).
  const behindLetters = (s) => {
    const [images, sizes, places, repeats] = [
      s.backgroundImage,
      s.backgroundSize,
      s.backgroundPosition,
      s.backgroundRepeat,
    ].map((list) => split(list, ','));
    return images.filter((image, i) => {
      const repeat = repeats[i % repeats.length];
      const [width, height] = split(sizes[i % sizes.length], ' ').map((v) => (v.endsWith('px') ? parseFloat(v) : NaN));
      if (
        image === 'none' ||
        (/^(no-repeat|repeat-x)$/.test(repeat) && height <= 3) ||
        (/^(no-repeat|repeat-y)$/.test(repeat) && width <= 3)
      )
        return false;
      const place = places[i % places.length];
      const right = /^(?:right (-?[\d.]+)px|calc\(100% - ([\d.]+)px\)|100%)/.exec(place);
      const left = /^(?:left )?(?:(-?[\d.]+)px|0%)/.exec(place);
      const room = right ? px(s.paddingRight) - px(right[1] || right[2]) : left ? px(s.paddingLeft) - px(left[1]) : 0;
      return !(/^(no-repeat|repeat-y)$/.test(repeat) && width <= room + 1);
    });
  };
  const share = (at) => {
    if (shares.has(at)) return shares.get(at);
    const s = S.style(at);
    const opacity = parseFloat(s.opacity);
    const always = [];
    if (opacity < 1 && /opacity/.test(at.getAttribute('style') || '')) always.push('fading');
    if (moving.has(at)) always.push('animated');
    if (
      s.filter !== 'none' ||
      s.backdropFilter !== 'none' ||
      s.mixBlendMode !== 'normal' ||
      (s.maskImage && s.maskImage !== 'none')
    )
      always.push('filter');
    if (s.backgroundClip.includes('text')) always.push('clip');
    if (s.zIndex !== 'auto' && +s.zIndex < 0) always.push('behind');
    if (s.transform !== 'none' && Math.abs(new DOMMatrix(s.transform).a - 1) > 0.01) always.push('transform');
    const open = [];
    const pictures = s.backgroundImage === 'none' ? [] : behindLetters(s);
    if (pictures.length) open.push(pictures.some((picture) => picture.includes('gradient')) ? 'gradient' : 'image');
    for (const pseudo of ['::before', '::after']) {
      const p = S.style(at, pseudo);
      if (
        p.content !== 'none' &&
        p.content !== 'normal' &&
        (p.position === 'absolute' || p.position === 'fixed') &&
        (rgba(p.backgroundColor)[3] > 0 || p.backgroundImage !== 'none' || (p.content !== '""' && p.content !== "''"))
      )
        open.push('pseudo');
    }
    const found = {
      opacity,
      always,
      open,
      color: at === canvas ? [0, 0, 0, 0] : rgba(s.backgroundColor),
      whole: s.backgroundClip === 'border-box',
    };
    shares.set(at, found);
    return found;
  };
  const chains = new Map();
  // What is behind text in el: colours joined from el outwards, and reasons for doubt.
  const behind = (el) => {
    if (chains.has(el)) return chains.get(el);
    const layers = [];
    const doubts = new Set();
    let opaque = false;
    let opacity = 1;
    for (let at = el; at; at = S.parent(at)) {
      const one = share(at);
      opacity *= one.opacity;
      for (const doubt of one.always) doubts.add(doubt);
      if (!opaque) for (const doubt of one.open) doubts.add(doubt);
      if (one.color[3] > 0 || one.opacity < 1)
        layers.push({ at, color: one.color, opacity: one.opacity, shows: !opaque });
      // An opaque layer hides what is behind it, until a group that holds it is made translucent.
      if (one.color[3] === 1 && one.whole) opaque = true;
      if (one.opacity < 1) opaque = false;
    }
    let base = [255, 255, 255, 1];
    if (canvas) {
      const s = S.style(canvas);
      base = on(pre(rgba(s.backgroundColor)), base);
      if (!opaque && s.backgroundImage !== 'none') doubts.add('image');
    }
    if (!opaque && (!canvas || rgba(S.style(canvas).backgroundColor)[3] < 1)) {
      if (window !== top) doubts.add('frame');
      if (/dark/.test(S.style(root).colorScheme)) doubts.add('scheme');
    }
    const found = { layers, doubts, base, opacity };
    chains.set(el, found);
    return found;
  };

  let painters = null;
  // Everything that paints over a part of the page, with its box.
  const paints = () =>
    painters ||
    (painters = S.all('*', document.body || document, 12000)
      .filter((el) => {
        if (isRoot(el)) return false;
        const s = S.style(el);
        return (
          rgba(s.backgroundColor)[3] > 0 ||
          s.backgroundImage !== 'none' ||
          /^(img|video|canvas|svg|iframe|object|embed|picture)$/.test(el.localName) ||
          ['::before', '::after'].some((p) => {
            const q = S.style(el, p);
            return (
              q.content !== 'none' &&
              q.content !== 'normal' &&
              (q.position === 'absolute' || q.position === 'fixed') &&
              (rgba(q.backgroundColor)[3] > 0 || q.backgroundImage !== 'none')
            );
          })
        );
      })
      .map((el) => ({ el, r: el.getBoundingClientRect() }))
      .filter(
        ({ el, r }) =>
          r.width > 0 && r.height > 0 && el.checkVisibility({ opacityProperty: true, visibilityProperty: true }),
      ));
  const encloses = (outer, inner) => S.closest(inner, (at) => at === outer) !== null;

  // Which elements take their name or description from an id.
  const users = new Map();
  for (const el of S.all('[aria-labelledby],[aria-describedby]', document, 20000))
    for (const id of `${el.getAttribute('aria-labelledby') || ''} ${el.getAttribute('aria-describedby') || ''}`.split(
      /\s+/,
    ))
      if (id) users.set(id, [...(users.get(id) || []), el]);
  const inactive = (el) => {
    if (S.disabled(el) || S.closest(el, (at) => at.inert)) return true;
    const label = S.closest(el, (at) => at.localName === 'label');
    if (label && label.control && S.disabled(label.control)) return true;
    const named = users.size && S.closest(el, (at) => at.id && users.has(at.id));
    if (named && users.get(named.id).every(S.disabled)) return true;
    return false;
  };
  const mark = (at) => `${at.id} ${at.getAttribute('class') || ''}`;
  // A control that no pointer meets and that is no tab stop is out of use, whatever its markup says (days of another month in a calendar).
  const shut = (el) => {
    const control = S.closest(el, (at) =>
      at.matches('a[href],button,[role=button],[role=tab],[role=option],[role=menuitem],[role=gridcell],[role=link]'),
    );
    return control && S.style(control).pointerEvents === 'none' && control.tabIndex < 0;
  };
  const looksInactive = (el) =>
    Boolean(
      shut(el) ||
      S.closest(
        el,
        (at) =>
          /^(a|button|li|span|label|div)$/.test(at.localName) &&
          /(^|[-_ ])(disabled|inactive|is-disabled|inactief)([-_ ]|$)/i.test(mark(at)),
      ),
    );
  const logo = (el) => {
    let n = 0;
    return Boolean(S.closest(el, (at) => n++ < 4 && /logo|brand|beeldmerk|wordmark/i.test(mark(at))));
  };

  // One place of text: el carries the colours, rects is where its letters are, type the style of the letters.
  const judge = (el, rects, type, text, kind, data) => {
    const { layers: around, doubts: given, base, opacity } = behind(el);
    const layers =
      kind === 'written'
        ? [{ at: el, color: rgba(type.backgroundColor), opacity: 1, shows: false }, ...around]
        : around;
    const doubts = new Set(given);
    const fill = type.webkitTextFillColor || type.color;
    let letter = dim(pre(rgba(fill)), kind === 'placeholder' || kind === 'written' ? parseFloat(type.opacity) : 1);
    const drawn = letter[3] > 0.05 || doubts.has('clip');
    let ground = [0, 0, 0, 0];
    for (const l of layers) {
      letter = dim(on(letter, pre(l.color)), l.opacity);
      ground = dim(on(ground, pre(l.color)), l.opacity);
    }
    letter = on(letter, base);
    ground = on(ground, base);
    const size = parseFloat(type.fontSize);
    const bold = +type.fontWeight >= 700;
    const needed = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
    const value = ratio(letter, ground);
    if (type.textShadow && type.textShadow !== 'none') doubts.add('shadow');
    if (parseFloat(type.webkitTextStrokeWidth) > 0) doubts.add('stroke');
    const low = value < needed;
    if (kind === 'text' && (low || argument.within))
      for (const part of ['::first-line', '::first-letter'])
        if (S.style(el, part).color !== type.color) doubts.add('first');
    if (low || argument.within) {
      for (const l of layers) {
        if (l.color[3] === 0 || !l.shows) continue;
        const b = l.at.getBoundingClientRect();
        if (
          rects.some(
            (r) => r.left < b.left - 1 || r.right > b.right + 1 || r.top < b.top - 2 || r.bottom > b.bottom + 2,
          )
        )
          doubts.add('outside');
      }
      for (const { el: other, r: b } of paints()) {
        if (
          !rects.some(
            (r) =>
              Math.min(r.right, b.right) - Math.max(r.left, b.left) > 1 &&
              Math.min(r.bottom, b.bottom) - Math.max(r.top, b.top) > 1,
          )
        )
          continue;
        if (encloses(other, el) || (encloses(el, other) && S.style(other).position === 'static')) continue;
        doubts.add('overlap');
        break;
      }
      if (looksInactive(el)) doubts.add('inactive');
      if (logo(el)) doubts.add('logo');
    }
    return {
      ratio: Math.floor(value * 100) / 100,
      needed,
      low,
      fg: hex(letter),
      bg: hex(ground),
      size,
      bold,
      opacity: Math.round(opacity * 1000) / 1000,
      solid: doubts.size === 0,
      drawn,
      doubts: [...doubts],
      text: text.slice(0, 120),
      kind,
      rects: rects
        .slice(0, 12)
        .map((r) =>
          [r.left + scrollX, r.top + scrollY, r.right - r.left, r.bottom - r.top].map((n) => Math.round(n * 10) / 10),
        ),
      ...data,
    };
  };

  const low = [];
  const open = [];
  const all = [];
  let texts = 0;
  let measured = 0;
  const take = (at, item) => {
    const el = S.closest(at, (up) => S.style(up).display !== 'contents') || at; // where axe and a person find it, which a slot is not
    texts++;
    if (item.solid) measured++;
    if (argument.within) all.push(S.place(el, item));
    else if (item.low) low.push({ el, item });
    else if (!item.solid) open.push({ el, item });
  };
  const scopes = argument.within ? argument.within.map((path) => S.find(path)).filter(Boolean) : [document.body];
  const groups = new Map();
  for (const scope of scopes) {
    for (const node of S.textNodes(scope, 5000)) {
      // Bare text between the tags of a web component takes its colours where its slot stands.
      const el = node.assignedSlot || node.parentElement;
      (groups.get(el) || groups.set(el, []).get(el)).push(node);
    }
    // Text that lies bare in a shadow root belongs to its host.
    for (const host of S.all('*', scope || document, 20000))
      if (host.shadowRoot && S.visible(host))
        for (const node of host.shadowRoot.childNodes)
          if (node.nodeType === Node.TEXT_NODE && node.data.trim())
            (groups.get(host) || groups.set(host, []).get(host)).push(node);
  }
  const readable = (text) => (text.match(/[\p{L}\p{N}]/gu) || []).length >= 2;
  for (const [el, nodes] of groups) {
    if (
      el.namespaceURI === 'http://www.w3.org/2000/svg' ||
      S.closest(el, (at) => /^(select|textarea|option)$/.test(at.localName))
    )
      continue;
    const text = nodes
      .map((n) => n.data)
      .join(' ')
      .replace(/\s+/g, ' ')
      .trim();
    if (!readable(text) || S.iconText(el, text)) continue;
    const rects = nodes.flatMap((n) =>
      n.parentElement
        ? S.lines(n)
            .filter((l) => l.seen)
            .map((l) => l.seen)
        : (() => {
            const range = document.createRange();
            range.selectNodeContents(n);
            return [...range.getClientRects()];
          })(),
    );
    const shown = rects.filter(
      (r) => r.right - r.left > 2 && r.bottom - r.top > 2 && r.right + scrollX > 0 && r.bottom + scrollY > 0,
    );
    if (!shown.length || inactive(el)) continue;
    take(el, judge(el, shown, S.style(el), text, 'text', {}));
  }
  const inputs = argument.within
    ? scopes.flatMap((scope) => [scope, ...S.all('*', scope, 2000)])
    : S.all('input,textarea,select', document, 20000);
  for (const el of inputs) {
    if (
      !el.matches(
        'input:not([type=hidden]):not([type=checkbox]):not([type=radio]):not([type=range]):not([type=color]):not([type=image]):not([type=file]),textarea,select',
      ) ||
      !S.visible(el) ||
      inactive(el)
    )
      continue;
    const r = el.getBoundingClientRect();
    const s = S.style(el);
    const inner = {
      left: r.left + px(s.borderLeftWidth),
      right: r.right - px(s.borderRightWidth),
      top: r.top + px(s.borderTopWidth),
      bottom: r.bottom - px(s.borderBottomWidth),
    };
    if (px(s.fontSize) < 2 || px(s.textIndent) < -100) continue;
    if (el.placeholder && !el.value) {
      const p = S.style(el, '::placeholder');
      if (
        readable(el.placeholder) &&
        p.display !== 'none' &&
        p.visibility !== 'hidden' &&
        rgba(p.color)[3] * parseFloat(p.opacity) > 0.05
      )
        take(el, judge(el, [inner], p, el.placeholder, 'placeholder', {}));
    } else {
      const text =
        el.localName === 'select' ? (el.selectedOptions[0] || {}).text || '' : el.type === 'password' ? '' : el.value;
      if (readable(text)) take(el, judge(el, [inner], s, text, 'control', {}));
    }
  }
  // Words of the style sheet, in the flow and on plain colours: no pixel of them is looked at.
  const written =
    !first || argument.within
      ? []
      : S.written(document)
          .slice(0, 60)
          .filter(
            ({ el, type, text }) =>
              readable(text) &&
              /^(static|relative)$/.test(type.position) &&
              type.visibility === 'visible' &&
              type.backgroundImage === 'none' &&
              px(type.fontSize) >= 2 &&
              !inactive(el),
          )
          .map(({ el, which, type, text }) => [
            el,
            judge(el, [el.getBoundingClientRect()], type, text, 'written', { which }),
          ])
          .filter(([, item]) => item.low && item.solid && item.drawn && item.ratio > 1.05)
          .slice(0, 20)
          .map(([el, item]) => S.place(el, item));
  if (argument.within) return { all: all.slice(0, 400) };
  // Text that nobody is meant to see (surely the colour of its ground) is not contrast; a picture or gradient behind it may show it.
  const lows = low
    .filter(({ item }) => item.ratio > 1.05 || (item.drawn && !item.solid))
    .sort((a, b) => a.item.ratio - b.item.ratio)
    .slice(0, 120);
  const pictures =
    S.all('img,canvas,video,object,embed,input[type=image],svg text', document, 20000).filter((el) => {
      const r = el.getBoundingClientRect();
      return r.width >= 24 && r.height >= 8 && S.visible(el);
    }).length +
    S.all('*', document.body || document, 12000).filter((el) => {
      if (!/url\(/.test(S.style(el).backgroundImage)) return false;
      const r = el.getBoundingClientRect();
      return r.width >= 24 && r.height >= 12;
    }).length;
  const complete = lows.length < 120 && open.length <= 120 && texts < 4000;
  globalThis.DOUBTFUL = complete ? new Set([...low, ...open].map(({ el }) => el)) : null;
  return {
    texts,
    measured,
    pictures,
    written,
    complete,
    low: lows.map(({ el, item }) => S.place(el, item)),
    open: open.slice(0, 120).map(({ el, item }) => S.place(el, item)),
    hidden: low.length - lows.length,
  };
};
