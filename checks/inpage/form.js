// One form before and after an attempt to send it. `arg.do`: `begin` takes each field as it looks and listens for what the browser does;
// `finish` says what is marked, what was refused and by whom; `focus` puts focus on a field, `clear` empties it.
(S, arg) => {
  const COLOURS = [
    'border-top-color',
    'border-right-color',
    'border-bottom-color',
    'border-left-color',
    'background-color',
    'color',
    'outline-color',
  ];
  const OTHERS = [
    'border-top-width',
    'border-bottom-width',
    'border-top-style',
    'border-bottom-style',
    'outline-style',
    'outline-width',
    'box-shadow',
    'background-image',
    'text-decoration-line',
    'font-weight',
  ];
  const F = (globalThis.FORM_KEPT ??= { fields: new Map(), events: null, first: new Map() });
  const TYPED = 'input:not([type=hidden]),select,textarea';
  // A field is drawn by itself, its labels and the wrappers that are its own.
  const drawnBy = (el) => {
    const list = [el, ...(el.labels || [])];
    for (
      let at = el.parentElement, i = 0;
      at && i < 2 && at.querySelectorAll(TYPED).length === 1;
      i += 1, at = at.parentElement
    )
      list.push(at);
    return list.slice(0, 5);
  };
  const looks = (el) =>
    drawnBy(el).map((at) => {
      const s = S.style(at);
      const pseudo = ['::before', '::after']
        .map((p) => {
          const q = S.style(at, p);
          return q.content === 'none' || q.content === 'normal' ? '' : `${q.content} ${q.backgroundImage}`;
        })
        .join('|');
      return {
        colours: COLOURS.map((c) => s.getPropertyValue(c)),
        others: OTHERS.map((c) => s.getPropertyValue(c)),
        pseudo,
        at,
      };
    });
  // A changed shadow whose geometry stays is a change of colour.
  const geometry = (shadow) => shadow.replace(/(rgba?|color|oklch|lab)\([^)]*\)/g, '');
  const ids = (el, attribute) =>
    (el.getAttribute(attribute) || '')
      .split(/\s+/)
      .filter(Boolean)
      .slice(0, 6)
      .map((id) => el.getRootNode().getElementById && el.getRootNode().getElementById(id))
      .filter(Boolean);

  const focusedNow = (el) => document.activeElement === el || el.getRootNode().activeElement === el;
  // Does the field that was given focus have it still, wherever the page has put the field since?
  if (arg.do === 'kept') return Boolean(F.focused && F.focused.isConnected && focusedNow(F.focused));
  if (arg.do === 'focus') {
    const el = S.find(arg.field);
    if (!el) return false;
    F.focused = el;
    el.scrollIntoView({ block: 'center', behavior: 'instant' });
    el.focus();
    if (el.select)
      try {
        el.select();
      } catch {
        /* not a text field */
      }
    return focusedNow(el);
  }
  // Focus is taken away and what fades is brought to its end: a colour on its way back is no mark.
  const settle = () => {
    if (document.activeElement && document.activeElement !== document.body) document.activeElement.blur();
    for (const moving of document.getAnimations()) if (moving instanceof CSSTransition) moving.finish();
  };
  if (arg.do === 'begin') {
    settle();
    F.fields = new Map(
      arg.fields
        .map((selector) => [selector, S.find(selector)])
        .filter(([, el]) => el)
        .map(([selector, el]) => [
          selector,
          {
            el,
            looks: looks(el),
            describedBy: new Map(
              [...ids(el, 'aria-describedby'), ...ids(el, 'aria-errormessage')].map((t) => [
                t,
                S.visible(t) ? S.text(t, 200) : '',
              ]),
            ),
            invalid: el.getAttribute('aria-invalid'),
          },
        ]),
    );
    for (const [selector, kept] of F.fields) if (!F.first.has(selector)) F.first.set(selector, kept.describedBy);
    F.events = { submit: 0, prevented: 0, invalid: [], silenced: 0 };
    if (!F.listening) {
      F.listening = true;
      document.addEventListener(
        'submit',
        (e) => {
          F.events.submit += 1;
          setTimeout(() => {
            if (e.defaultPrevented) F.events.prevented += 1;
          }, 1);
        },
        true,
      );
      document.addEventListener(
        'invalid',
        (e) => {
          if (F.events.invalid.length < 40) F.events.invalid.push(S.selector(e.target));
          setTimeout(() => {
            if (e.defaultPrevented) F.events.silenced += 1;
          }, 1);
        },
        true,
      );
    }
    const send = arg.send && S.find(arg.send);
    if (send) send.scrollIntoView({ block: 'center', behavior: 'instant' });
    const r = send && send.getBoundingClientRect();
    return { x: r ? r.x + r.width / 2 : 0, y: r ? r.y + r.height / 2 : 0, send: Boolean(send) };
  }
  // finish
  const focused =
    document.activeElement && document.activeElement !== document.body ? S.selector(document.activeElement) : '';
  settle();
  const marks = [];
  for (const [selector, was] of F.fields) {
    const { el } = was;
    if (!el.isConnected) continue;
    const now = looks(el);
    let coloured = false,
      otherwise = false,
      changed = [];
    now.forEach((look, i) => {
      const old = was.looks[i];
      if (!old || old.at !== look.at) return;
      COLOURS.forEach((c, k) => {
        if (look.colours[k] !== old.colours[k]) {
          coloured = true;
          changed.push(`${c}: ${old.colours[k]} > ${look.colours[k]}`);
        }
      });
      OTHERS.forEach((c, k) => {
        if (look.others[k] === old.others[k]) return;
        if (c === 'box-shadow' && geometry(look.others[k]) === geometry(old.others[k])) coloured = true;
        else otherwise = true;
        changed.push(`${c}: ${old.others[k]} > ${look.others[k]}`.slice(0, 120));
      });
      if (look.pseudo !== old.pseudo) {
        otherwise = true;
        changed.push(`pseudo: ${look.pseudo}`.slice(0, 80));
      }
    });
    const tied = [...new Set([...ids(el, 'aria-describedby'), ...ids(el, 'aria-errormessage')])]
      .filter((t) => S.visible(t))
      .map((t) => ({
        text: S.text(t, 200),
        was: (arg.since === 'first' ? F.first.get(selector) || was.describedBy : was.describedBy).get(t) || '',
      }))
      .filter((t) => t.text && t.text !== t.was)
      .map((t) => t.text);
    marks.push({
      field: selector,
      coloured,
      otherwise,
      changed: [...new Set(changed)].slice(0, 8),
      invalid: el.getAttribute('aria-invalid'),
      wasInvalid: was.invalid,
      valid: el.validity ? el.validity.valid : true,
      native: (el.validationMessage || '').slice(0, 160),
      tied,
      labelNow: [...(el.labels || [])]
        .map((l) => S.text(l, 160))
        .join(' ')
        .slice(0, 160),
      box: S.box(el),
      value: ['password'].includes(el.type) ? '' : String(el.value || '').slice(0, 40),
    });
  }
  return { ...F.events, focused, marks };
};
