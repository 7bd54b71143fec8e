// Runs in: base
(S) => {
  // What may show more when pointed at or focused: style rules with :hover and :focus that show something else, descriptions that
  // are hidden, and attributes of tooltip libraries. One trigger per kind.
  const SHOWS =
    /(^|;)\s*(display|visibility|opacity|transform|clip|clip-path|(max-)?height|(max-)?width|left|right|top|bottom|inset|z-index|pointer-events|scale|translate)\s*:/i;
  const found = new Map();
  const targets = new Set();
  let unreadable = 0;
  let rules = 0;
  const hidden = (el) =>
    !el.checkVisibility({ opacityProperty: true, visibilityProperty: true }) ||
    S.visuallyHidden(el) ||
    el.getBoundingClientRect().height < 1 ||
    el.getBoundingClientRect().right + scrollX < 0;
  const add = (trigger, how, target) => {
    if (!trigger || !S.visible(trigger) || trigger === document.body || trigger === document.documentElement) return;
    const r = trigger.getBoundingClientRect();
    if (r.width * r.height > innerWidth * innerHeight * 0.5) return;
    const kind = (el) => (el ? `${el.localName}.${[...el.classList].sort().join('.').replace(/\d+/g, '')}` : '');
    const sign = `${how} ${kind(trigger)} ${kind(S.parent(trigger))} ${kind(target)}`;
    const entry = found.get(sign);
    if (entry) {
      entry.likes += 1;
      return;
    }
    if (target && targets.has(target)) return;
    if (target) targets.add(target);
    if (found.size < 24)
      found.set(
        sign,
        S.place(trigger, {
          how,
          target: target ? S.selector(target) : '',
          text: S.text(trigger, 80),
          name: S.name(trigger).slice(0, 80),
          focusable: S.focusable(trigger) && trigger.tabIndex >= 0,
          likes: 1,
        }),
      );
  };
  const parts = (text) => {
    const out = [];
    let depth = 0,
      at = 0;
    for (let i = 0; i < text.length; i++) {
      if ('(['.includes(text[i])) depth++;
      if (')]'.includes(text[i])) depth--;
      if (text[i] === ',' && !depth) {
        out.push(text.slice(at, i));
        at = i + 1;
      }
    }
    return [...out, text.slice(at)];
  };
  const STATE = /:(hover|focus-within|focus-visible|focus)(?![\w-])/;
  const read = (list) => {
    for (const rule of list) {
      if (++rules > 15000) return;
      if (rule.cssRules && !(rule instanceof CSSStyleRule)) {
        if (!(rule instanceof CSSMediaRule) || matchMedia(rule.conditionText).matches) read(rule.cssRules);
        continue;
      }
      if (!(rule instanceof CSSStyleRule) || !STATE.test(rule.selectorText) || !SHOWS.test(rule.style.cssText))
        continue;
      for (const one of parts(rule.selectorText).slice(0, 20)) {
        if (/:(not|is|where|has)\([^)]*:(hover|focus)/.test(one)) continue;
        const at = one.search(STATE);
        if (at < 0) continue;
        const rest = one.slice(at);
        const end = rest.search(/[\s>+~]/);
        if (end < 0 || !rest.slice(end).trim()) continue;
        const trigger =
          (/(^|[\s>+~])$/.test(one.slice(0, at)) ? one.slice(0, at) + '*' : one.slice(0, at)) +
          rest.slice(0, end).replace(new RegExp(STATE, 'g'), '');
        const whole = one
          .replace(/(^|[\s>+~])(?=:(hover|focus))/g, '$1*')
          .replace(new RegExp(STATE, 'g'), '')
          .replace(/::?(before|after|marker|placeholder)/g, '');
        let shown;
        try {
          shown = [...document.querySelectorAll(whole)].slice(0, 40);
        } catch {
          continue;
        }
        for (const target of shown) {
          if (!hidden(target) || (!target.childNodes.length && !target.matches('img,svg,input'))) continue;
          let holder = null;
          try {
            holder =
              S.closest(target, (up) => up !== target && up.matches(trigger)) ||
              [...(target.parentElement ? target.parentElement.children : [])].find(
                (sib) => sib !== target && sib.matches(trigger),
              );
          } catch {
            /* not a selector by itself */
          }
          add(holder, /hover/.test(one) ? 'css' : 'css focus', target);
        }
      }
    }
  };
  for (const sheet of [...document.styleSheets, ...document.adoptedStyleSheets]) {
    try {
      read(sheet.cssRules);
    } catch {
      unreadable += 1;
    }
  }
  for (const el of S.all('[aria-describedby]').slice(0, 200)) {
    const target = el.getRootNode().getElementById((el.getAttribute('aria-describedby') || '').split(/\s+/).pop());
    if (target && hidden(target) && S.text(target, 20) + target.textContent.trim()) add(el, 'described', target);
  }
  for (const el of S.all(
    '[data-tooltip],[data-tippy-content],[data-tip],[data-bs-toggle=tooltip],[data-bs-toggle=popover],[data-toggle=tooltip],[data-toggle=popover],[data-microtip-position],[data-balloon],[data-hint]',
  ).slice(0, 200))
    add(el, 'attribute', null);
  for (const el of S.all('[role=tooltip]').filter(hidden).slice(0, 50))
    add(el.previousElementSibling || el.parentElement, 'tooltip', el);
  return { triggers: [...found.values()], unreadable };
};
