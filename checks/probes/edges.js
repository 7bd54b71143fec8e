// Runs in: base
(S) => {
  // Candidates for 1.4.11: fields that the page draws itself, boxes to tick that it draws itself, controls of which an icon is all there is.
  // Only what to look at; the pixels are seen by the deep probe `nontext`.
  const px = (v) => parseFloat(v) || 0;
  const enabled = (el) => !S.disabled(el) && !S.closest(el, (at) => at.inert);
  const painted = (s) =>
    S.rgba(s.backgroundColor)[3] > 0 ||
    s.backgroundImage !== 'none' ||
    ['Top', 'Right', 'Bottom', 'Left'].some(
      (side) => s[`border${side}Style`] !== 'none' && px(s[`border${side}Width`]) > 0,
    ) ||
    s.boxShadow !== 'none';
  const TEXT =
    'input:not([type]),input[type=text],input[type=search],input[type=email],input[type=tel],input[type=url],input[type=number],input[type=password],input[type=date],textarea,select';
  const buttons = S.all('button,a[href],[role=button],input[type=submit]', document, 2000);
  const fields = [];
  for (const el of S.all(TEXT, document, 20000)) {
    if (fields.length >= 40 || !S.visible(el) || !enabled(el)) continue;
    const s = S.style(el);
    const r = el.getBoundingClientRect();
    if (r.width < 24 || r.height < 12) continue;
    // The browser's own look: its inset border and appearance, which no author has touched.
    const native = s.appearance !== 'none' && s.borderTopStyle === 'inset' && s.borderTopWidth === '2px';
    const nativeSelect =
      el.localName === 'select' &&
      s.appearance !== 'none' &&
      s.borderTopStyle === 'solid' &&
      s.borderTopColor === 'rgb(118, 118, 118)';
    if (native || nativeSelect) continue;
    // What lies in or closely around the field and may show where it is.
    const inside = [...(el.parentElement ? S.all('*', el.parentElement, 200) : [])].some((x) => {
      if (x === el || x.contains(el) || el.contains(x) || !S.visible(x)) return false;
      const b = x.getBoundingClientRect();
      return (
        b.width > 2 && b.left < r.right - 2 && b.right > r.left + 2 && b.top < r.bottom - 2 && b.bottom > r.top + 2
      );
    });
    // A button at the end of a field lies within its frame.
    const around = (x) => {
      const b = x.getBoundingClientRect();
      return r.left - b.left <= 72 && b.right - r.right <= 72 && r.top - b.top <= 32 && b.bottom - r.bottom <= 32 && b;
    };
    // A button that is joined to the field shows one side of it.
    const joined = buttons.some((x) => {
      const b = x.getBoundingClientRect();
      const gap = Math.max(b.left - r.right, r.left - b.right);
      return gap > -2 && gap < 2 && b.top < r.bottom - 2 && b.bottom > r.top + 2 && S.visible(x);
    });
    // A frame may be laid over the field: a part beside it, drawn as one or in pieces.
    const laid = (x) => {
      const b = x !== el && !x.contains(el) && around(x);
      return (
        b &&
        b.left < r.left + 2 &&
        b.right > r.right - 2 &&
        b.top < r.top + 2 &&
        b.bottom > r.bottom - 2 &&
        [x, ...x.querySelectorAll('*')].slice(0, 12).some((part) => S.visible(part) && painted(S.style(part)))
      );
    };
    let frame = false;
    let n = 0;
    for (let at = S.parent(el); at && n++ < 3; at = S.parent(at)) {
      if ((around(at) && painted(S.style(at))) || [...at.children].slice(0, 20).some(laid)) frame = true;
    }
    // A frame that is wider or higher, and holds no other field nor the label, may be where people see the field: chosen items stand in
    // it as well.
    const framed = S.closest(S.parent(el), (at) => {
      const b = at.getBoundingClientRect();
      return (
        painted(S.style(at)) &&
        b.height <= 120 &&
        S.all(TEXT, at, 3).length === 1 &&
        !at.matches('label,form,fieldset,section,main,header,nav,dialog,[role=dialog],[role=search]') &&
        ![...(el.labels || [])].some((label) => at.contains(label))
      );
    });
    fields.push(
      S.place(el, {
        name: S.name(el).slice(0, 100),
        value:
          el.localName === 'select' || /^(date|number)$/.test(el.type)
            ? 'shown'
            : el.value
              ? 'filled'
              : el.placeholder
                ? 'placeholder'
                : '',
        inside: inside || joined || Boolean(framed) || s.backgroundImage !== 'none',
        boxed: frame,
        kind: `${el.localName}|${el.className}|${s.borderTopColor}|${s.borderBottomColor}|${s.backgroundColor}|${s.borderTopWidth}`,
      }),
    );
  }
  const ticks = [];
  for (const el of S.all('input[type=checkbox],input[type=radio]', document, 20000)) {
    if (ticks.length >= 30 || !enabled(el) || el.checked) continue;
    const s = S.style(el);
    if (s.appearance === 'none' && S.visible(el) && el.getBoundingClientRect().width >= 8) {
      ticks.push(
        S.place(el, {
          name: S.name(el).slice(0, 100),
          how: 'own',
          kind: `${el.type}|${el.className}|${s.borderTopColor}|${s.backgroundColor}`,
        }),
      );
      continue;
    }
    const hidden = !S.visible(el) || px(s.opacity) < 0.05 || s.clipPath !== 'none';
    const label = el.labels && el.labels[0];
    if (!hidden || !label || !S.visible(label)) continue;
    const drawn = [label, ...label.querySelectorAll('*'), el.nextElementSibling]
      .filter(Boolean)
      .slice(0, 12)
      .flatMap((x) => ['::before', '::after'].map((p) => [x, S.style(x, p)]))
      .find(
        ([, q]) =>
          q.content !== 'none' &&
          q.content !== 'normal' &&
          q.display !== 'none' &&
          px(q.width) >= 8 &&
          px(q.height) >= 8,
      );
    if (drawn)
      ticks.push(
        S.place(label, {
          name: S.name(el).slice(0, 100),
          how: 'label',
          size: px(drawn[1].width),
          kind: `${el.type}|${label.className}|${drawn[1].borderTopColor}|${drawn[1].backgroundColor}`,
        }),
      );
  }
  // Switches and boxes made of other elements, without a word inside or a state in words beside them.
  for (const el of S.all('[role=switch],[role=checkbox],[role=radio]', document, 20000)) {
    const r = el.getBoundingClientRect();
    if (
      ticks.length >= 30 ||
      el.localName === 'input' ||
      el.getAttribute('aria-checked') === 'true' ||
      !enabled(el) ||
      !S.visible(el) ||
      r.width < 8 ||
      r.width > 96 ||
      r.height < 8 ||
      r.height > 60 ||
      S.text(el, 10) ||
      el.querySelector('img,svg,i') ||
      /\b(aan|uit|on|off|ja|nee|yes|no)\b/i.test(S.text(S.parent(el), 120))
    )
      continue;
    ticks.push(
      S.place(el, {
        name: S.name(el).slice(0, 100),
        how: 'own',
        kind: `${el.getAttribute('role')}|${el.getAttribute('class') || ''}|${S.style(el).backgroundColor}`,
      }),
    );
  }
  const icons = [];
  for (const el of S.all('a[href],button,[role=button],summary,[role=tab],[role=switch]', document, 20000)) {
    if (icons.length >= 40 || !S.visible(el) || !enabled(el)) continue;
    const r = el.getBoundingClientRect();
    if (r.width > 72 || r.height > 72 || r.width < 8 || r.height < 8) continue;
    const words = S.textNodes(el, 20)
      .filter((n) => !S.iconText(n.parentElement, n.data))
      .map((n) => n.data)
      .join('')
      .trim();
    if (words) continue;
    if ([...el.querySelectorAll('img')].some((i) => !/\.svg|^data:image\/svg/.test(i.currentSrc || i.src))) continue;
    const pseudo = [el, ...el.querySelectorAll('*')].slice(0, 8).some((x) =>
      ['::before', '::after'].some((p) => {
        const q = S.style(x, p);
        return (
          q.content !== 'none' &&
          q.content !== 'normal' &&
          q.display !== 'none' &&
          (q.content.length > 2 || q.backgroundImage !== 'none' || q.maskImage !== 'none')
        );
      }),
    );
    if (
      !el.querySelector('svg,img,i,[class*=icon]') &&
      !pseudo &&
      !S.textNodes(el, 3).length &&
      S.style(el).backgroundImage === 'none'
    )
      continue;
    const s = S.style(el);
    let n = 0;
    icons.push(
      S.place(el, {
        name: S.name(el).slice(0, 100),
        logo:
          Boolean(S.closest(el, (at) => n++ < 3 && /logo|brand/i.test(`${at.id} ${at.getAttribute('class') || ''}`))) ||
          /logo/i.test(S.name(el)),
        twin:
          el.localName === 'a' &&
          [...document.querySelectorAll('a[href]')]
            .slice(0, 2000)
            .some((x) => x !== el && x.href === el.href && /[\p{L}\p{N}]/u.test(S.text(x, 60))),
        looksInactive: /disabled|inactive/i.test(el.className.baseVal ?? el.className),
        kind: `${el.localName}|${el.getAttribute('class') || ''}|${s.color}|${s.backgroundColor}|${[
          ...el.querySelectorAll('svg,i,img'),
        ]
          .slice(0, 3)
          .map((x) => `${x.localName}${x.getAttribute('class') || ''}${S.style(x).color}${S.style(x).fill}`)
          .join()}`,
      }),
    );
  }
  return { fields, ticks, icons };
};
