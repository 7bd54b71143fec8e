// Which of these elements are announced when their text changes: in a live region, or with a role that is one. `arg`: selectors. Also the
// texts of all live regions, also those hidden from sight.
(S, arg) => {
  const ROLES = {
    alert: 'assertive',
    status: 'polite',
    log: 'polite',
    timer: 'off',
    marquee: 'off',
    progressbar: 'polite',
  };
  const live = (el) => {
    for (let at = el; at; at = S.parent(at)) {
      const said = at.getAttribute('aria-live');
      if (said && said !== 'off') return said;
      if (said === 'off') return '';
      const role = at.getAttribute('role') || (at.localName === 'output' ? 'status' : '');
      if (ROLES[role] && ROLES[role] !== 'off') return ROLES[role];
    }
    return '';
  };
  const texts = S.all('[aria-live],[role=alert],[role=status],[role=log],output')
    .filter(
      (el) => live(el) && !S.closest(el, (at) => at.getAttribute('aria-hidden') === 'true') && el.checkVisibility(),
    )
    .slice(0, 30)
    .map((el) => (el.textContent || '').replace(/\s+/g, ' ').trim().slice(0, 300))
    .filter(Boolean);
  return {
    live: arg.map((selector) => {
      let el = null;
      try {
        el = S.find(selector);
      } catch {
        /* gone */
      }
      return el ? live(el) : '';
    }),
    texts,
  };
};
