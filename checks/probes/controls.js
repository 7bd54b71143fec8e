// Runs in: any
(S) => {
  // What links and buttons say: to the eye, to assistive technology, and what stands around a link. For 2.4.4, 2.5.3, 1.1.1 and 3.2.4.
  const CONTROLS =
    'a[href],area[href],button,summary,input[type=submit],input[type=button],input[type=reset],input[type=image],' +
    '[role=link],[role=button],[role=tab],[role=menuitem],[role=menuitemcheckbox],[role=menuitemradio],[role=option],[role=checkbox],[role=radio],[role=switch],[role=treeitem]';
  const PICTURE = 'img,svg,canvas,object,[role=img],video';
  const fold = (text) => text.replace(/\s+/g, ' ').trim();
  const JOINT = '\u2063'; // stands where only a person sees whether there is a space

  const headings = S.all('h1,h2,h3,h4,h5,h6,[role=heading]')
    .slice(0, 300)
    .filter((h) => !S.hiddenFromAT(h) && h.checkVisibility());
  let begun = -1; // controls are asked about in tree order, so that headings are passed once
  const headingBefore = (el) => {
    while (begun + 1 < headings.length && S.follows(headings[begun + 1], el)) begun += 1;
    return headings[begun] || null;
  };
  const textBeside = (container, el, limit = 400) => {
    // Text of the container that assistive technology reads, without the link's own and without lists nested in it.
    let out = '';
    const walk = (node) => {
      if (out.length > limit || node === el) return;
      if (node.nodeType === Node.TEXT_NODE) {
        out += node.data;
        return;
      }
      if (node.nodeType !== Node.ELEMENT_NODE || ['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE'].includes(node.tagName))
        return;
      if (node !== container && ['UL', 'OL', 'TABLE'].includes(node.tagName) && !node.contains(el)) return;
      if (!node.checkVisibility() || node.getAttribute('aria-hidden') === 'true') return;
      if (node.localName === 'img' || node.getAttribute('role') === 'img') out += ' ' + S.name(node) + ' ';
      for (const child of (node.shadowRoot || node).childNodes) walk(child);
      out += ' ';
    };
    walk(container);
    return fold(out).slice(0, limit);
  };
  const idText = (el, attribute) =>
    fold(
      (el.getAttribute(attribute) || '')
        .split(/\s+/)
        .filter(Boolean)
        .slice(0, 5)
        .map((id) => el.getRootNode().getElementById && el.getRootNode().getElementById(id))
        .filter(Boolean)
        .map((t) => t.textContent)
        .join(' '),
    ).slice(0, 300);

  // What can be found out from a link's place by program: sentence or paragraph, list item and those above it, table cell with its headers, heading, description.
  const context = (el) => {
    const paragraph = S.closest(S.parent(el), (at) =>
      /^(p|dd|dt|figcaption|blockquote|caption|h[1-6])$/.test(at.localName),
    );
    const items = [];
    for (let at = S.parent(el); at && items.length < 3; at = S.parent(at))
      if (at.localName === 'li' || at.getAttribute('role') === 'listitem') items.push(textBeside(at, el));
    const cell = S.closest(el, (at) => ['td', 'th'].includes(at.localName));
    let headers = '';
    let rowHeader = '';
    let row = '';
    if (cell && cell.parentElement) {
      const table = cell.closest('table');
      const column = (c) => {
        let at = 0;
        for (const k of c.parentElement.cells || c.parentElement.children) {
          if (k === c) break;
          at += k.colSpan || 1;
        }
        return at;
      };
      const mine = column(cell);
      const above = (r) =>
        [...r.cells].filter(
          (c) => c.localName === 'th' && c !== cell && column(c) <= mine && mine < column(c) + (c.colSpan || 1),
        );
      const of = new Set([
        ...(cell.getAttribute('headers') || '')
          .split(/\s+/)
          .filter(Boolean)
          .map((id) => document.getElementById(id))
          .filter(Boolean),
        ...[...cell.parentElement.children].filter((c) => c.localName === 'th' && c !== cell),
        ...(table
          ? [...table.rows]
              .slice(0, 60)
              .filter((r) => r.compareDocumentPosition(cell) & Node.DOCUMENT_POSITION_FOLLOWING)
              .flatMap(above)
          : []),
      ]);
      headers = [...of]
        .map((h) => S.text(h, 80))
        .join(' ')
        .slice(0, 300);
      rowHeader = [...of]
        .filter((h) => h.parentElement === cell.parentElement)
        .map((h) => S.text(h, 80))
        .join(' ')
        .slice(0, 300);
      row = textBeside(cell.parentElement, el, 200);
    }
    const heading = headingBefore(el);
    return {
      paragraph: paragraph ? textBeside(paragraph, el) : '',
      items,
      cell: cell ? textBeside(cell, el) : '',
      headers,
      rowHeader,
      row,
      described: idText(el, 'aria-describedby'),
      title: fold(el.getAttribute('title') || '').slice(0, 200),
      heading: heading ? S.text(heading, 160) : '',
      headingLevel: heading ? S.level(heading) : 0,
      figure: (() => {
        const f = el.closest('figure');
        const c = f && f.querySelector('figcaption');
        return c ? S.text(c, 160) : '';
      })(),
      nearby: el.parentElement ? textBeside(el.parentElement, el, 120) : '',
    };
  };
  const pseudoPicture = (el) =>
    [el, ...el.querySelectorAll('*')].slice(0, 12).some(
      (at) =>
        S.style(at).backgroundImage.includes('url(') ||
        ['::before', '::after'].some((p) => {
          const s = S.style(at, p);
          return (
            (s.content !== 'none' && s.content !== 'normal' && s.content !== '""') ||
            s.backgroundImage.includes('url(') ||
            s.maskImage.includes('url(')
          );
        }) ||
        S.style(at).maskImage.includes('url('),
    );

  // A link of a menu: by the role of what holds it, or in a list of links alone that is called one.
  const MENU = /\b(menu|nav|tabs?|toolbar|dropdown)/i;
  const inMenu = (el) => {
    if (S.closest(el, (at) => ['toolbar', 'menu', 'menubar', 'tablist'].includes(at.getAttribute('role')))) return true;
    const list = el.closest('li')?.parentElement;
    const called = list ? [list, list.parentElement].some((at) => MENU.test(`${at.className} ${at.id}`)) : false;
    return (
      called &&
      [...list.children].every((at) => fold(at.textContent) === fold(at.querySelector('a')?.textContent || ''))
    );
  };

  // A letter of an icon font, put there by a style sheet.
  const fontIcon = (el) =>
    [el, ...el.querySelectorAll('*')]
      .slice(0, 12)
      .some((at) => ['::before', '::after'].some((p) => /[\uE000-\uF8FF]/.test(S.style(at, p).content)));

  const controls = S.all(CONTROLS)
    .slice(0, 1200)
    .filter((el) => el.checkVisibility({ visibilityProperty: true }) || el.localName === 'area')
    .slice(0, 600);
  // What stands around a link matters when its name is short, or shared with another.
  const names = controls.map((el) => S.name(el).slice(0, 400));
  const times = new Map();
  for (const name of names) times.set(name, (times.get(name) || 0) + 1);
  return {
    total: controls.length,
    controls: controls.map((el, i) => {
      const role = S.role(el);
      const name = names[i];
      const authorName = el.hasAttribute('aria-label') || el.hasAttribute('aria-labelledby');
      const valued = el.localName === 'input';
      const shown = el.localName === 'area' ? true : S.visible(el);
      const seen = valued ? (el.type === 'image' ? '' : fold(el.value)) : shown ? S.seen(el, 300, JOINT) : '';
      const pictures = [...el.querySelectorAll(PICTURE)].slice(0, 6);
      const operates =
        !['link', 'generic', ''].includes(role) && /^(#|javascript:|$)/.test(el.getAttribute('href') || '');
      const isLink = role === 'link' || (el.localName === 'a' && !operates) || el.localName === 'area';
      const blocks = !authorName
        ? 0
        : [...el.querySelectorAll('h1,h2,h3,h4,h5,h6,p,li,div,span,time')].filter(
            (k) => !S.style(k).display.startsWith('inline') && k.textContent.trim(),
          ).length;
      return S.place(el, {
        tag: el.localName,
        role,
        name,
        seen,
        shown,
        hidden: S.hiddenFromAT(el),
        disabled: S.disabled(el),
        focusable: S.focusable(el),
        authorName,
        title: fold(el.getAttribute('title') || '').slice(0, 200),
        pictures: pictures.length,
        fontIcon: authorName && fontIcon(el),
        pictureHidden:
          pictures.length > 0 &&
          pictures.every(
            (p) =>
              p.getAttribute('alt') === '' ||
              S.hiddenFromAT(p) ||
              ['none', 'presentation'].includes(p.getAttribute('role') || ''),
          ),
        pictureAlt: pictures
          .map((p) => p.getAttribute('alt') || p.getAttribute('aria-label') || '')
          .filter(Boolean)
          .join(' ')
          .slice(0, 200),
        drawn: !seen && shown ? el.type === 'image' || pictures.some(S.visible) || pseudoPicture(el) : false,
        blocks,
        // Keys that do the same, shown in the control.
        keys: authorName ? [...el.querySelectorAll('kbd')].slice(0, 6).map((key) => fold(key.textContent)) : [],
        headingIn: !authorName
          ? ''
          : (() => {
              const h = el.querySelector('h1,h2,h3,h4,h5,h6,[role=heading],strong');
              return h ? S.seen(h, 200) : '';
            })(),
        url: isLink && el.localName !== 'div' && el.localName !== 'span' ? S.url(el).slice(0, 1000) : '',
        ...(isLink && {
          link: true,
          commands: inMenu(el),
          context: name.length <= 32 || times.get(name) > 1 ? context(el) : null,
        }),
      });
    }),
  };
};
