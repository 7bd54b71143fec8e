// An element of axe's result as a place, with its role and name, and with what a rule about structure is judged by.
globalThis.axePlace = (() => {
  // What the browser makes of lists and of roles that ask for a parent or children; axe goes by the markup alone. HTML-AAM: an `li` whose
  // list has another role is nothing, and what is in it stands in that role directly.
  // What carries a property of its own, such as aria-live, stays in between.
  const nothing = (at) =>
    ['', 'generic', 'none', 'presentation'].includes(S.role(at)) &&
    ![...at.attributes].some((a) => a.name.startsWith('aria-'));
  const context = (el) => {
    let at = S.parent(el);
    while (at && nothing(at)) at = S.parent(at);
    return at ? S.role(at) : '';
  };
  const owned = (el, found = []) => {
    for (const id of (el.getAttribute('aria-owns') || '').split(/\s+/).filter(Boolean)) {
      const at = document.getElementById(id);
      if (at) found.push(S.role(at));
    }
    const slotted = el.localName === 'slot' ? el.assignedElements() : [];
    for (const at of slotted.length ? slotted : (el.shadowRoot || el).children) {
      // A slot has no box of its own: what is put into it may be seen.
      const shown = at.localName === 'slot' || at.checkVisibility({ visibilityProperty: true });
      if (found.length > 200 || !shown || S.hiddenFromAT(at)) continue;
      if (at.localName === 'slot' || nothing(at)) owned(at, found);
      else found.push(S.role(at));
    }
    return found;
  };
  const structure = {
    listitem: (el) => ({ computed: S.role(el), parent: el.parentElement ? S.role(el.parentElement) : '' }),
    'nested-interactive': (el) => ({
      stops: S.all('*', el, 500).filter((at) => at !== el && at.tabIndex >= 0 && S.focusable(at)).length,
    }),
    // Is the name that may not be there also the text, or the name of a control, in the element?
    'aria-prohibited-attr': (el) => {
      const fold = (text) => text.replace(/\s+/g, ' ').trim().toLowerCase();
      const texts = (el.getAttribute('aria-labelledby') || '')
        .split(/\s+/)
        .map((id) => (id && el.getRootNode().getElementById?.(id)?.textContent) || '');
      const name = fold(texts.join(' ')) || fold(el.getAttribute('aria-label') || '');
      const within = [
        S.text(el, 2000),
        ...S.all('a,button,input,img,[role]', el, 50).map((at) => (at === el ? '' : S.name(at))),
      ];
      return { told: Boolean(name) && within.some((text) => fold(text).includes(name)) };
    },
    // What is referred to and not found in its own tree: by attribute, the text of what stands in another tree of the page, or null.
    // `bare`: there is nothing in it to be told.
    'aria-valid-attr-value': (el) => ({
      bare: !el.textContent.trim() && !S.name(el) && !S.all('*', el, 100).some((at) => S.focusable(at) || S.name(at)),
      field: el.matches('input,select,textarea,fieldset,[role=group],[role=radiogroup],[role=textbox],[role=combobox]'),
      opens:
        el.getAttribute('aria-expanded') !== 'true' &&
        ((el.hasAttribute('aria-haspopup') && el.getAttribute('aria-haspopup') !== 'false') ||
          el.hasAttribute('aria-expanded') ||
          S.role(el) === 'combobox'),
      lost: Object.fromEntries(
        ['controls', 'owns', 'activedescendant', 'flowto', 'details', 'labelledby', 'describedby']
          .map((what) => [`aria-${what}`, (el.getAttribute(`aria-${what}`) || '').split(/\s+/).filter(Boolean)])
          .filter(([, ids]) => ids.length && !ids.some((id) => el.getRootNode().getElementById?.(id)))
          .map(([attribute, ids]) => {
            const found = ids.slice(0, 5).map((id) => S.all(`[id="${CSS.escape(id)}"]`)[0]);
            return [attribute, found.every(Boolean) ? found.map((at) => S.text(at, 120)).join(' ') : null];
          }),
      ),
    }),
    // `elsewhere`: focus is in what is not hidden. `aside`: while it is there, this and its like are most of the page. `guard`: then it
    // is nothing but empty stops.
    'aria-hidden-focus': (el) => {
      let focus = document.activeElement;
      while (focus && focus.shadowRoot && focus.shadowRoot.activeElement) focus = focus.shadowRoot.activeElement;
      const elsewhere =
        focus && focus !== document.body && !S.closest(focus, (at) => at.getAttribute('aria-hidden') === 'true');
      const natives = [...document.querySelectorAll('a[href],button,input,select,textarea,[tabindex]')].filter(
        (at) => at.tabIndex >= 0 && !at.disabled,
      );
      const away = natives.filter((at) => at.closest('[aria-hidden=true]')).length;
      const stops = S.all('*', el, 500).filter((at) => at.tabIndex >= 0 && S.focusable(at));
      const all = el.tabIndex >= 0 ? [el, ...stops] : stops;
      return {
        elsewhere: Boolean(elsewhere),
        aside: Boolean(elsewhere) && 2 * away > natives.length,
        guard:
          Boolean(elsewhere) &&
          all.length > 0 &&
          all.every((at) => at.matches('span,div,i') && !at.hasAttribute('role')) &&
          !el.textContent.trim() &&
          !el.querySelector('img,svg,canvas,video,iframe,object'),
      };
    },
    'aria-tooltip-name': (el) => ({
      shows: S.visible(el) && (S.seen(el, 60) !== '' || S.all('img,svg,canvas,video,object', el, 200).some(S.visible)),
    }),
    list: (el) => ({
      owned: [...new Set(owned(el))],
      roles: el.querySelectorAll('li[role]').length,
      marks: [...el.querySelectorAll('li')].some(
        (li) => S.style(li).display === 'list-item' && S.style(li).listStyleType !== 'none',
      ),
    }),
    'aria-required-parent': (el) => ({
      parent: context(el),
      fits: (axe.commons.aria.requiredContext(S.role(el)) || []).includes(context(el)),
    }),
    'aria-required-children': (el) => {
      const wanted = axe.commons.aria.requiredOwned(S.role(el)) || [];
      const found = [...new Set(owned(el))];
      return {
        owned: found,
        fits: found.length > 0 && found.every((one) => wanted.includes(one)),
        empty: !found.length && !el.textContent.trim(),
      };
    },
  };
  return (rule, el) => ({
    ...S.place(el),
    ...(structure[rule] ? { tree: structure[rule](el) } : {}),
    role: S.role(el),
    name: S.name(el).slice(0, 120),
  });
})();

// What speaks of the page as a whole is asked of the top frame alone.
globalThis.AXE_OF_PAGE = [
  'aria-hidden-body',
  'bypass',
  'document-title',
  'html-has-lang',
  'meta-viewport',
  'meta-viewport-large',
];

// Three quarters of axe's time go by with contrast. The contrast probe has just computed that of every text; axe is asked about those in
// doubt, and about text in drawings, which the probe leaves out (decision 0050). `DOUBTFUL`: a set of elements, or null for every text.
globalThis.DOUBTFUL = null;
for (const rule of globalThis.axe?._audit?.rules || []) {
  if (rule.id !== 'color-contrast') continue;
  const matches = rule.matches;
  rule.matches = (node, ...rest) =>
    (!globalThis.DOUBTFUL || globalThis.DOUBTFUL.has(node) || node instanceof SVGElement) && matches(node, ...rest);
}

// Runs axe-core in this frame and condenses its result to one JSON string: {violations, incomplete, passes}, each node written as a place.
// Frames are run one by one by the caller, also cross-origin ones, so axe's own frame messages are off.
globalThis.runAxe = async (isTop, tags, exclude) => {
  const condense = (results) =>
    results.map((rule) => ({
      rule: rule.id,
      nodes: rule.nodes.slice(0, 200).map((node) => ({
        ...(node.element
          ? axePlace(rule.id, node.element)
          : { selector: String(node.target), snippet: String(node.html).slice(0, 300), role: '', name: '' }),
        checks: [...node.any, ...node.all, ...node.none].map((check) => ({
          id: check.id,
          data: plain(check.data),
          message: String(check.message).slice(0, 300),
        })),
      })),
      more: Math.max(0, rule.nodes.length - 200),
    }));
  const plain = (data) => {
    const text = JSON.stringify(data, (key, value) => (value instanceof Node ? undefined : value));
    return text && text.length < 2000 ? JSON.parse(text) : undefined;
  };
  // Axe finishes results only for an initiator, so every frame is one.
  const ofPage = isTop ? [] : AXE_OF_PAGE;
  const asked = {
    runOnly: { type: 'tag', values: tags },
    rules: Object.fromEntries([...exclude, ...ofPage].map((id) => [id, { enabled: false }])),
    iframes: false,
    elementRef: true,
    resultTypes: ['violations', 'incomplete'],
  };
  const within = { include: [[document.documentElement.localName]], initiator: true, focusable: true };
  const result = await axe.run(within, asked).finally(() => {
    globalThis.DOUBTFUL = null;
  });
  return JSON.stringify({
    violations: condense(result.violations),
    incomplete: condense(result.incomplete),
    passes: result.passes.map((rule) => rule.id),
    version: result.testEngine.version,
  });
};
