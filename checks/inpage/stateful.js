// Which texts get other colours on hover or on focus, by the style sheets: pairs of the text's element and the element to be
// pointed at or focused. Also whether the page has a dark scheme. Sheets of other origins cannot be read: then every link and button is asked.
(S, argument) => {
  const COLOURS = [
    'color',
    'background-color',
    'background-image',
    'background',
    'opacity',
    'fill',
    '-webkit-text-fill-color',
    'filter',
  ];
  const pairs = { hover: new Map(), focus: new Map() };
  let dark =
    Boolean([...document.querySelectorAll('meta[name=color-scheme]')].find((m) => /dark/.test(m.content))) ||
    /dark/.test(S.style(document.documentElement).colorScheme);
  let unreadable = 0;
  let looked = 0;
  const split = (list) => {
    const out = [];
    let depth = 0;
    let at = '';
    for (const c of list) {
      if (c === '(' || c === '[') depth++;
      if (c === ')' || c === ']') depth--;
      if (c === ',' && !depth) {
        out.push(at);
        at = '';
      } else at += c;
    }
    out.push(at);
    return out;
  };
  const take = (rule, root) => {
    if (looked++ > 20000) return;
    if (rule.cssRules && !(rule instanceof CSSStyleRule)) {
      const media = rule.media ? rule.media.mediaText : '';
      if (/prefers-color-scheme:\s*dark/.test(media)) dark = true;
      if (media && !matchMedia(media).matches) return;
      for (const inner of rule.cssRules) take(inner, root);
      return;
    }
    if (!(rule instanceof CSSStyleRule)) return;
    if (/light-dark\(/.test(rule.cssText)) dark = true;
    const text = rule.selectorText;
    if (!/:(hover|focus)/.test(text) || ![...rule.style].some((p) => COLOURS.includes(p))) return;
    for (const one of split(text)) {
      for (const state of ['hover', 'focus']) {
        const pseudo = state === 'hover' ? /:hover/ : /:focus(-visible|-within)?/;
        if (!pseudo.test(one) || /::(?!slotted)/.test(one) || /:(active|disabled|not\([^)]*:(hover|focus))/.test(one))
          continue;
        const bare = one.replace(/:(hover|focus-visible|focus-within|focus)\b/g, '') || '*';
        // The compound that carries the pseudo-class ends at the next combinator.
        const end = one.search(pseudo);
        const rest = one.slice(end).replace(pseudo, '');
        const stop = rest.search(/[\s>+~]/);
        const host =
          (one.slice(0, end) + (stop < 0 ? rest : rest.slice(0, stop))).replace(
            /:(hover|focus-visible|focus-within|focus)\b/g,
            '',
          ) || '*';
        try {
          for (const el of [...root.querySelectorAll(bare.trim().replace(/[>+~]\s*$/, ''))].slice(0, 60)) {
            const target = el.closest(host.trim()) || el;
            if (S.visible(el) && !S.disabled(target) && target !== document.body && target !== document.documentElement)
              pairs[state].set(el, target);
          }
        } catch {
          /* a selector we cannot take apart */
        }
      }
    }
  };
  const roots = [
    document,
    ...S.all('*', document, 20000)
      .filter((el) => el.shadowRoot)
      .map((el) => el.shadowRoot),
  ];
  for (const root of roots)
    for (const sheet of [...root.styleSheets, ...root.adoptedStyleSheets]) {
      if ((globalThis.LETTERS || []).includes(sheet) || sheet.disabled) continue;
      let rules;
      try {
        rules = sheet.cssRules;
      } catch {
        unreadable++;
        continue;
      }
      if (sheet.media.mediaText && !matchMedia(sheet.media.mediaText).matches) {
        if (/prefers-color-scheme:\s*dark/.test(sheet.media.mediaText)) dark = true;
        continue;
      }
      for (const rule of rules) take(rule, root);
    }
  if (unreadable)
    for (const el of S.all('a[href],button,[role=button],summary', document, 5000))
      if (S.visible(el) && !S.disabled(el)) {
        pairs.hover.set(el, el);
        pairs.focus.set(el, el);
      }
  // One of each kind will do: same tag, classes and colours look alike in the state too.
  const kinds = new Set();
  const out = [];
  for (const state of ['hover', 'focus'])
    for (const [el, target] of pairs[state]) {
      const s = S.style(el);
      const kind = [
        state,
        el.localName,
        el.className,
        target.localName,
        target.className,
        s.color,
        s.backgroundColor,
        S.parent(el) ? S.parent(el).className : '',
      ].join('|');
      if (kinds.has(kind) || out.length >= argument.limit) continue;
      kinds.add(kind);
      const focusable =
        S.closest(target, (at) => S.focusable(at)) ||
        target.querySelector('a[href],button,input,select,textarea,[tabindex]');
      if (state === 'focus' && !focusable) continue;
      out.push({
        state,
        selector: S.selector(el),
        target: S.selector(state === 'focus' ? (S.focusable(target) ? target : focusable) : target),
      });
    }
  return { pairs: out, dark, unreadable };
};
