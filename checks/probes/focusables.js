// Runs in: base
(S) => {
  // What a keyboard should be able to reach, and whether script could react to anything: the cheap half of the keyboard checks.
  const WIDGETS = new Set([
    'button',
    'link',
    'checkbox',
    'radio',
    'switch',
    'tab',
    'menuitem',
    'menuitemcheckbox',
    'menuitemradio',
    'option',
    'slider',
    'spinbutton',
    'textbox',
    'searchbox',
    'combobox',
    'listbox',
    'treeitem',
  ]);
  const all = S.all('*', document, 15000);
  let handlers = 0;
  const found = [];
  for (const el of all) {
    if (!handlers)
      for (const { name, value } of el.attributes)
        if (/^on[a-z]/.test(name) || (/^(href|action|formaction|src)$/.test(name) && /^\s*javascript:/i.test(value))) {
          handlers = 1;
          break;
        }
    if (
      el.tabIndex >= 0 ||
      el.hasAttribute('tabindex') ||
      (el.getAttribute('role') && WIDGETS.has(el.getAttribute('role')))
    )
      found.push(el);
  }
  // Menu items with links that are not to be seen: the deep probe hovers over them.
  const hiddenMenus = S.all('nav li, header li, [role=navigation] li, [role=menubar] li', document, 15000).some(
    (li) => S.visible(li) && [...li.querySelectorAll('a[href]')].slice(0, 60).some((a) => !S.visible(a)),
  );
  // A label whose box is not rendered works by a click, also without any script.
  const hiddenBoxes = S.all('label').some(
    (el) =>
      el.control &&
      el.control.matches('input[type=checkbox],input[type=radio]') &&
      S.visible(el) &&
      !el.control.checkVisibility({ visibilityProperty: true }),
  );
  // Natives that Tab passes by work by a click, also without any script.
  const passedBy = found.some(
    (el) => el.tabIndex < 0 && el.matches('a[href],button,input,select,textarea,summary') && S.visible(el),
  );
  // Frames that are taken out of the Tab order, though something in them wants to be reached.
  // A frame of a few pixels shows nobody anything; behind an open modal dialog nothing is to be reached.
  const modal = document.querySelector(':modal');
  const shut = S.all('iframe,frame')
    .filter(
      (el) =>
        el.tabIndex < 0 &&
        el.hasAttribute('tabindex') &&
        S.visible(el) &&
        el.clientWidth >= 24 &&
        el.clientHeight >= 24 &&
        (!modal || modal.contains(el)),
    )
    .slice(0, 20);
  // What is dragged into another order, while Tab reaches nothing in or beside it that could do so: links to other pages cannot.
  const leads = (el) => el.localName === 'a' && !/^(#|javascript:|$)/.test(el.getAttribute('href') || '');
  const still = (root) =>
    ![root, ...root.querySelectorAll('*')]
      .slice(0, 400)
      .some((el) => el.tabIndex >= 0 && S.focusable(el) && !leads(el));
  const held = S.all('li,tr,[class*=sortable] > *,[class*=draggable]', document, 2000).filter((el) =>
    /^(grab|move)$/.test(S.style(el).cursor),
  );
  const drags = [
    ...new Set(
      [...S.all('[draggable=true],.ui-sortable > *,.cdk-drop-list > .cdk-drag'), ...held]
        .filter((el) => !el.matches('img,a') && S.visible(el))
        .slice(0, 200)
        .map((el) => el.parentElement),
    ),
  ]
    .filter(
      (holder) =>
        holder &&
        holder !== document.body &&
        [...holder.children].filter((el) => S.visible(el) && S.text(el, 20)).length >= 2 &&
        still(holder),
    )
    .slice(0, 5);
  const reachable = found.filter((el) => el.tabIndex >= 0 && S.focusable(el) && S.visible(el)).length;
  return {
    drags: drags.map((el) => S.place(el, { items: el.children.length, name: S.text(el, 80) })),
    handlers,
    hiddenMenus,
    hiddenBoxes,
    passedBy,
    shutFrames: shut.map((el) =>
      S.place(el, {
        src: String(el.src || '')
          .split('#')[0]
          .slice(0, 500),
        title: (el.title || '').slice(0, 100),
        srcdoc: el.hasAttribute('srcdoc'),
      }),
    ),
    inFrames:
      window === top ? [] : [{ url: location.href.split('#')[0].slice(0, 500), parent: parent === top, reachable }],
    scrollers: all.some(
      (el) =>
        (el.scrollHeight > el.clientHeight + 4 || el.scrollWidth > el.clientWidth + 4) &&
        el.clientHeight > 20 &&
        /auto|scroll/.test(getComputedStyle(el).overflow),
    ),
    stops: found.filter((el) => el.tabIndex >= 0 && S.focusable(el)).length,
    positive: found
      .filter((el) => el.tabIndex > 0 && S.focusable(el))
      .slice(0, 50)
      .map((el) => S.place(el, { tabindex: el.tabIndex, name: S.name(el).slice(0, 80) })),
  };
};
