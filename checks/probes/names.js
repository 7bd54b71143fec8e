// Runs in: any
(S) => {
  // Role and name of every control as Chromium's accessibility tree has them: only what looks wrong is kept. For 4.1.2.
  const CONTROLS = new Set([
    'button',
    'link',
    'checkbox',
    'radio',
    'switch',
    'menuitem',
    'menuitemcheckbox',
    'menuitemradio',
    'tab',
    'textbox',
    'searchbox',
    'combobox',
    'listbox',
    'slider',
    'spinbutton',
    'treeitem',
    'option',
  ]);
  const NO_ROLE = new Set(['', 'none', 'presentation', 'generic', 'paragraph', 'unknown']);
  const MAX = 60;
  const rendered = (el) => el.checkVisibility({ visibilityProperty: true }) && !S.hiddenFromAT(el);

  // What a name must not be. The kind goes into the record; a check says what it means.
  const rubbish = (name) => {
    if (!name) return '';
    if (/^[\s\p{Co}\uFFFD]+$/u.test(name)) return 'glyph';
    if (/^(undefined|null|NaN|\[object \w+\])$/.test(name)) return 'value';
    if (/^(\{\{[^{}]+\}\}|\$\{[^{}]+\}|<%=?[^%]+%>|\[\[[^\]]+\]\])$/.test(name)) return 'template';
    if (/^[\p{S}\p{P}\s]+$|^x$/iu.test(name)) return 'symbol';
    if (/\bundefined\b|\[object \w+\]|\{\{\s*[\w.]+\s*\}\}/.test(name)) return 'part';
    return '';
  };

  // Words in a title within: a name by the rules for names, which Chromium does not give and other browsers do.
  const titled = (el) =>
    (
      [...el.querySelectorAll('[title]')].find((part) => part.title.trim() && !part.closest('[aria-hidden=true]')) || {}
    ).title
      ?.trim()
      .slice(0, 100) || '';
  const empty = [];
  const strange = [];
  for (const el of S.all('a[href],button,input,select,textarea,summary,[role],[tabindex],[contenteditable]')) {
    if (el.localName === 'input' && el.type === 'hidden') continue;
    const role = S.role(el);
    // A place to write that the page itself made: browsers make it editable, and give it no role.
    const editor =
      el.isContentEditable &&
      el.hasAttribute('contenteditable') &&
      !S.parent(el)?.isContentEditable &&
      (NO_ROLE.has(role) || role === 'group');
    if (!CONTROLS.has(role) && !editor && el.localName !== 'summary') continue;
    if (!rendered(el)) continue;
    const name = S.name(el);
    const kind = rubbish(name);
    if (kind && strange.length < MAX) {
      const title = (
        el.getAttribute('title') ||
        (el.querySelector('[title]') || el).getAttribute('title') ||
        ''
      ).trim();
      strange.push(
        S.place(el, { role, name: name.slice(0, 100), kind, visible: S.visible(el), title: title.slice(0, 100) }),
      );
    }
    if (!name && empty.length < MAX && S.focusable(el))
      empty.push(
        S.place(el, {
          role: editor ? 'textbox' : role,
          visible: S.visible(el),
          hint: (el.getAttribute('placeholder') || el.getAttribute('title') || titled(el)).trim().slice(0, 100),
        }),
      );
  }

  // A role attribute without any role that Chromium knows, on something that takes part in the tab order or handles clicks.
  // Browsers drop these outside of what they belong to: the role exists, and what is missing is asked by axe's aria-required-parent.
  const BELONGS =
    /\b(listitem|row|rowgroup|cell|gridcell|columnheader|rowheader|option|tab|treeitem|menuitem|menuitemcheckbox|menuitemradio|term|definition)\b/i;
  const roles = [];
  for (const el of S.all('[role]')) {
    if (roles.length >= MAX) break;
    const asked = (el.getAttribute('role') || '').trim();
    if (!asked || /\b(none|presentation|generic)\b/.test(asked) || BELONGS.test(asked) || !rendered(el)) continue;
    const role = S.role(el);
    // Both exist, and are left out where they have no name.
    if (/^(region|form)$/i.test(asked) && !S.name(el)) continue;
    if (NO_ROLE.has(role) && asked !== 'paragraph') {
      roles.push(
        S.place(el, {
          asked: asked.slice(0, 60),
          role,
          focusable: S.focusable(el) && el.tabIndex >= 0,
          onclick: el.hasAttribute('onclick'),
        }),
      );
    }
  }

  // A link or button that was given the role of a text, a list item or a part of the page: nobody hears that it can be operated.
  const PARTS = new Set([
    'heading',
    'img',
    'image',
    'listitem',
    'list',
    'article',
    'figure',
    'note',
    'region',
    'group',
    'navigation',
    'banner',
    'contentinfo',
    'complementary',
    'main',
    'status',
    'alert',
    'blockquote',
    'term',
    'definition',
    'emphasis',
    'strong',
  ]);
  const disguised = S.all('a[href][role],button[role],input[role],select[role]')
    .filter((el) => PARTS.has(S.role(el)) && rendered(el) && S.focusable(el) && el.tabIndex >= 0)
    .slice(0, MAX)
    .map((el) =>
      S.place(el, { role: S.role(el), tag: el.localName, name: (S.name(el) || S.text(el, 100)).slice(0, 100) }),
    );

  // What an element's role does not allow or lacks matters when it is something people operate: facts for axe's ARIA rules.
  const states = [];
  for (const el of S.all(
    '[role=checkbox],[role=switch],[role=radio],[role=menuitemcheckbox],[role=menuitemradio],[role=slider],[role=scrollbar],[role=combobox],[role=separator]',
  )) {
    if (states.length >= MAX) break;
    if (!rendered(el) || !S.focusable(el) || el.tabIndex < 0) continue;
    const role = S.role(el);
    const native = el.matches('input,select,meter,progress');
    const lacks =
      ['slider', 'scrollbar'].includes(role) || role === 'separator'
        ? 'aria-valuenow'
        : role === 'combobox'
          ? 'aria-expanded'
          : 'aria-checked';
    if (!native && !el.hasAttribute(lacks) && !(lacks === 'aria-valuenow' && el.hasAttribute('aria-valuetext')))
      states.push(S.place(el, { role, lacks, name: S.name(el).slice(0, 100) }));
  }

  // Tab lists in which no tab says that it is the chosen one.
  const tablists = S.all('[role=tablist]')
    .filter(rendered)
    .slice(0, 20)
    .map((list) => {
      const tabs = S.all('[role=tab]', list).filter(rendered);
      return S.place(list, {
        tabs: tabs.length,
        selected: tabs.filter((t) => t.getAttribute('aria-selected') === 'true').length,
      });
    })
    .filter((t) => t.tabs > 1 && t.selected !== 1);

  const dialogs = S.all('dialog[open],[role=dialog],[role=alertdialog]')
    .filter((el) => rendered(el) && S.visible(el))
    .slice(0, 10)
    .map((el) => S.place(el, { role: S.role(el), name: S.name(el).slice(0, 100) }));

  // Frames as the embedding document names them, and each frame's own document as it stands in there.
  const inside = (doc) => {
    if (!doc || !doc.body) return null;
    const focusable = [
      ...doc.querySelectorAll(
        'a[href],button,input:not([type=hidden]),select,textarea,[tabindex]:not([tabindex^="-"]),summary,audio[controls],video[controls]',
      ),
    ].filter((el) => el.checkVisibility({ visibilityProperty: true }) && !el.matches(':disabled')).length;
    return {
      url: String(doc.location && doc.location.href).slice(0, 500),
      title: (doc.title || '').trim().slice(0, 200),
      focusable,
      frames: doc.querySelectorAll('iframe,frame').length,
      pictures: doc.querySelectorAll('img,svg,canvas,video,object,embed').length,
      text: (doc.body.innerText || '').replace(/\s+/g, ' ').trim().slice(0, 400),
    };
  };
  const frames = S.all('iframe,frame')
    .slice(0, MAX)
    .map((el) => {
      let doc = null;
      try {
        doc = inside(el.contentDocument);
      } catch {
        /* of another origin */
      }
      const r = el.getBoundingClientRect();
      return S.place(el, {
        name: S.name(el).slice(0, 200),
        title: el.getAttribute('title') || '',
        src: el.hasAttribute('srcdoc') ? 'about:srcdoc' : (el.src || '').slice(0, 500),
        exposed: rendered(el) && el.getAttribute('tabindex') !== '-1',
        shown: rendered(el) && r.width >= 3 && r.height >= 3 && S.visible(el),
        inside: doc,
      });
    });

  const hiddenFocus = S.all('a[href],button,input,select,textarea,summary,[tabindex]')
    .filter(
      (el) =>
        el.checkVisibility({ visibilityProperty: true }) &&
        S.closest(el, (at) => at.getAttribute('aria-hidden') === 'true') &&
        S.focusable(el) &&
        el.tabIndex >= 0,
    )
    .slice(0, 20)
    .map((el) => {
      const within = [];
      S.closest(el, (at) => {
        if (at.getAttribute('aria-hidden') === 'true') within.push(S.selector(at));
        return false;
      });
      return S.place(el, { within });
    });

  // Whose content assistive technology takes for a picture of it; axe looks only for controls in there.
  const CLOSED = new Set([
    'button',
    'checkbox',
    'img',
    'image',
    'menuitemcheckbox',
    'menuitemradio',
    'meter',
    'option',
    'progressbar',
    'radio',
    'scrollbar',
    'separator',
    'slider',
    'switch',
    'tab',
  ]);
  const insides = S.all('[tabindex]')
    .filter((el) => el.tabIndex >= 0 && NO_ROLE.has(S.role(el)) && rendered(el) && S.focusable(el))
    .slice(0, MAX)
    .flatMap((el) => {
      const around = S.closest(S.parent(el), (at) => CLOSED.has(S.role(at)));
      return around
        ? [S.place(el, { around: S.selector(around), role: S.role(around), name: S.name(around).slice(0, 100) })]
        : [];
    });

  return {
    empty,
    strange,
    insides,
    roles,
    disguised,
    states,
    tablists,
    dialogs,
    frames,
    hiddenFocus,
    documents: window === top ? [] : [inside(document)].filter(Boolean),
  };
};
