// Status messages: `arg.do` `begin` remembers which live regions there are and what they say; `finish` says of each text that came into
// sight (`arg.texts`: selectors) what it says as a whole, whether it is in a live region, and whether that region was there before.
(S, arg) => {
  const K = (globalThis.STATUS_KEPT ??= { regions: new Map() });
  const ROLES = { alert: 'assertive', status: 'polite', log: 'polite', progressbar: 'polite' };
  const liveAt = (at) => {
    const said = at.getAttribute('aria-live');
    if (said) return said === 'off' ? 'off' : said;
    return ROLES[at.getAttribute('role') || (at.localName === 'output' ? 'status' : '')] || '';
  };
  const region = (el) => S.closest(el, (at) => liveAt(at));
  const regions = () =>
    S.all('[aria-live],[role=alert],[role=status],[role=log],[role=progressbar],output')
      .filter((el) => liveAt(el) && liveAt(el) !== 'off')
      .slice(0, 60);
  const words = (el) => (el.textContent || '').replace(/\s+/g, ' ').trim().slice(0, 400);
  const alive = (el) => el.checkVisibility() && !S.closest(el, (at) => at.getAttribute('aria-hidden') === 'true');
  if (arg.do === 'begin') {
    // Without scripts, which hold the words of all that may yet be said.
    const parts = document.createTreeWalker(document.body || document.documentElement, NodeFilter.SHOW_TEXT);
    K.text = '';
    while (parts.nextNode() && K.text.length < 400000)
      if (!parts.currentNode.parentElement.closest('script,style,template,noscript')) K.text += parts.currentNode.data;
    K.text = K.text.replace(/\s+/g, ' ').slice(0, 400000);
    K.regions = new Map(regions().map((el) => [el, alive(el) ? words(el) : '']));
    return true;
  }
  let focus = document.activeElement;
  while (focus && focus.shadowRoot && focus.shadowRoot.activeElement) focus = focus.shadowRoot.activeElement;
  const spoken = regions()
    .filter((el) => alive(el) && words(el) && words(el) !== K.regions.get(el))
    .map(words)
    .slice(0, 10);
  const told = focus
    ? `${focus.getAttribute('aria-describedby') || ''} ${focus.getAttribute('aria-errormessage') || ''}`
        .split(/\s+/)
        .filter(Boolean)
        .map((id) => document.getElementById(id))
        .filter(Boolean)
    : [];
  return {
    spoken,
    texts: arg.texts
      .map((selector) => {
        let el = null;
        try {
          el = S.find(selector);
        } catch {
          /* gone */
        }
        if (!el) return null;
        // A number in an element of its own belongs to the sentence around it.
        let whole = el;
        for (
          let i = 0;
          i < 2 &&
          whole.parentElement &&
          !/\p{L}{4}/u.test(S.text(whole, 60)) &&
          S.style(whole).display.startsWith('inline') &&
          S.text(whole.parentElement, 220).length <= 200;
          i += 1
        )
          whole = whole.parentElement;
        const live = region(el);
        // A cell beside others says something of its row; one that fills a row may say that there is nothing.
        const cell = S.closest(el, (at) => at.matches('td,th,[role=cell],[role=gridcell]'));
        const text = S.text(whole, 220);
        return S.place(whole, {
          text,
          stood: Boolean(text) && K.text.includes(text),
          cell: Boolean(cell && cell.parentElement && cell.parentElement.children.length > 1),
          live: live ? liveAt(live) : '',
          there: Boolean(live && K.regions.has(live)),
          hidden: S.hiddenFromAT(el),
          focused: Boolean(focus && focus !== document.body && (el.contains(focus) || focus.contains(el))),
          told: told.some((t) => t.contains(el) || el.contains(t)),
        });
      })
      .filter(Boolean),
  };
};
