// Runs in: base
(S) => {
  // Text with the language it is said to be in: blocks of visible text, elements with a lang of their own, and names and hints in attributes.
  const langOf = (el) => {
    const at = S.closest(el, (n) => n.hasAttribute('lang') || n.hasAttribute('xml:lang'));
    return at
      ? { lang: (at.getAttribute('lang') ?? at.getAttribute('xml:lang')).trim().toLowerCase(), holder: at }
      : { lang: '', holder: null };
  };
  const SKIP = 'code,pre,kbd,samp,var,script,style,noscript,template,svg,math,address,[translate=no],.notranslate';
  const BLOCK =
    /^(block|list-item|table-cell|flex|grid|flow-root|table-caption|table|inline-block|inline-flex|inline-grid)$/;
  const blocks = new Map();
  let letters = 0;
  for (const node of S.textNodes(document.body || document.documentElement, 4000)) {
    const el = node.parentElement;
    if (el.closest(SKIP) || letters > 60000) continue;
    const block = S.closest(el, (n) => BLOCK.test(S.style(n).display)) || document.body;
    const { lang, holder } = langOf(el);
    // One block of text in two languages gives two entries.
    const key = holder && block.contains(holder) && holder !== block ? holder : block;
    const entry = blocks.get(key) || {
      el: key,
      lang,
      root: !holder || holder === document.documentElement,
      holder,
      text: '',
    };
    if (entry.text.length < 1500) entry.text += node.data + ' ';
    letters += node.data.length;
    blocks.set(key, entry);
  }
  const fold = (text, limit) => text.replace(/\s+/g, ' ').trim().slice(0, limit);
  const found = [...blocks.values()]
    .map((b) => ({ ...b, text: fold(b.text, 1200) }))
    .filter((b) => /\p{L}{2}/u.test(b.text))
    .slice(0, 800);

  // What only a screen reader gets: clipped to nothing, or beside the page.
  const unseen = new Map();
  const shown = new Set(S.textNodes(document.body || document.documentElement, 4000));
  const walker = document.createTreeWalker(document.body || document.documentElement, NodeFilter.SHOW_TEXT);
  for (let i = 0; i < 20000 && unseen.size < 200 && walker.nextNode(); i++) {
    const node = walker.currentNode;
    const el = node.parentElement;
    if (!/\p{L}{2}/u.test(node.data) || shown.has(node) || el.closest(`${SKIP},option`)) continue;
    if (!S.rendered(el) || S.hiddenFromAT(el)) continue;
    if (!S.visuallyHidden(el) && el.getBoundingClientRect().right + scrollX > 0) continue;
    const block = S.closest(el, (n) => BLOCK.test(S.style(n).display)) || document.body;
    const { lang, holder } = langOf(el);
    const key = holder && block.contains(holder) && holder !== block ? holder : block;
    const entry = unseen.get(key) || { el: key, lang, root: !holder || holder === document.documentElement, text: '' };
    if (entry.text.length < 1500) entry.text += node.data + ' ';
    unseen.set(key, entry);
  }

  const OWN_NAME =
    /(^|[\s(])(english|deutsch|français|español|türkçe|polski|italiano|português|frysk|română|svenska|dansk)($|[\s).,])/i;
  // Elements with a lang of their own: all that they give to a reader, also names that only assistive technology gets.
  const own = S.all('[lang]')
    .filter((el) => el !== document.documentElement)
    .slice(0, 150)
    .map((el) => {
      const inner = [...el.querySelectorAll('[lang]')];
      const mine = (node) => !inner.some((other) => other.contains(node));
      const walker = document.createTreeWalker(el, NodeFilter.SHOW_TEXT);
      let text = '';
      while (walker.nextNode() && text.length < 1500) {
        const at = walker.currentNode.parentElement;
        if (mine(at) && !at.closest(SKIP) && (S.visible(at) || (at.checkVisibility() && !S.hiddenFromAT(at))))
          text += walker.currentNode.data + ' ';
      }
      const names = [el, ...el.querySelectorAll('img[alt],[aria-label]')]
        .slice(0, 40)
        .filter((n) => n !== el && mine(n) && n.checkVisibility())
        .map((n) => n.getAttribute('aria-label') || n.getAttribute('alt') || '')
        .join(' ');
      return {
        el,
        lang: el.getAttribute('lang').trim().toLowerCase(),
        text: fold(text, 1200),
        names: fold(names, 400),
      };
    })
    .filter((o) => o.text || o.names);

  const attributes = [];
  for (const el of S.all(
    '[aria-label],[alt],[title],[placeholder],input[type=submit],input[type=button],[aria-roledescription]',
  ).slice(0, 1500)) {
    if (attributes.length >= 300 || !el.checkVisibility() || S.hiddenFromAT(el) || el.closest('[translate=no]'))
      continue;
    for (const name of ['aria-label', 'alt', 'title', 'placeholder', 'value', 'aria-roledescription']) {
      const value = name === 'value' ? (['submit', 'button'].includes(el.type) ? el.value : '') : el.getAttribute(name);
      if (value && /\p{L}{2}/u.test(value))
        attributes.push(
          S.place(el, { attribute: name, value: fold(value, 160), lang: langOf(el).lang, role: S.role(el) }),
        );
    }
  }
  // The words of buttons and links, and what only a screen reader gets.
  const spoken = [
    ...S.all('button,[role=button],a[href],summary')
      .slice(0, 1500)
      .filter((el) => !el.hasAttribute('aria-label') && !el.closest('[translate=no],.notranslate'))
      .filter((el) => S.rendered(el) && !S.hiddenFromAT(el))
      .map((el) => ({ el, text: S.text(el, 60), lang: langOf(el.querySelector('[lang]') || el).lang })),
    ...[...unseen.values()].map((b) => ({ ...b, text: fold(b.text, 60) })),
  ].filter((at) => at.text && at.text.length <= 45);
  return {
    root: (document.documentElement.getAttribute('lang') || '').trim().toLowerCase(),
    xml: document.documentElement.getAttribute('xml:lang') || '',
    hasRootLang: document.documentElement.hasAttribute('lang'),
    html: document.documentElement.localName === 'html',
    title: fold(document.title, 300),
    titleLang: (() => {
      const t = document.querySelector('title');
      return t ? langOf(t).lang : '';
    })(),
    blocks: found.map((b) =>
      S.place(b.el, {
        lang: b.lang,
        inherits: b.root,
        text: b.text,
        main: Boolean(b.el.closest('main,[role=main]')),
        link: Boolean(b.el.closest('a[href],button,nav')),
        consent: Boolean(b.el.closest('[id*=cookie i],[class*=cookie i],[id*=consent i],[class*=consent i]')),
        embedded: window !== top,
      }),
    ),
    unseen: [...unseen.values()].map((b) =>
      S.place(b.el, {
        lang: b.lang,
        inherits: b.root,
        text: fold(b.text, 1200),
        link: Boolean(b.el.closest('a[href],button,nav')),
        consent: false,
      }),
    ),
    spoken: [...new Map(spoken.map((at) => [`${at.lang} ${at.text.toLowerCase()}`, at])).values()]
      .slice(0, 200)
      .map((at) => S.place(at.el, { attribute: '', value: at.text, lang: at.lang })),
    own: own.map((o) =>
      S.place(o.el, { lang: o.lang, text: o.text, names: o.names, link: Boolean(o.el.closest('a[href],button')) }),
    ),
    attributes,
    // Short link texts: a language switch shows languages by their own names.
    shortLinks: S.all('a[href],button')
      .slice(0, 1500)
      .map((el) => ({ el, text: S.text(el, 60) }))
      .filter(
        (l) =>
          l.text && ((l.text.length <= 14 && !/\s/.test(l.text)) || (l.text.length <= 45 && OWN_NAME.test(l.text))),
      )
      .slice(0, 150)
      .map((l) =>
        S.place(l.el, {
          text: l.text,
          lang: langOf(
            l.el.children.length === 1 && l.el.firstElementChild.hasAttribute('lang') ? l.el.firstElementChild : l.el,
          ).lang,
        }),
      ),
  };
};
