// Which of these elements are announced when their text changes: in a live region, or with a role that is one. `arg`: selectors. Also the
// texts of all live regions, also those hidden from sight, which of the elements are in a calendar or list that a field opened, and which
// stand in the wrapper of one field (or of choices with one name).
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
  // A part without a form around it, that holds the days of a month, or is the list or grid of a field.
  const calendars = new Map();
  const calendar = (at) => {
    if (!calendars.has(at)) {
      const days = new Set(
        [...at.querySelectorAll('*')]
          .slice(0, 600)
          .filter((leaf) => !leaf.childElementCount && /^\s*\d{1,2}\s*$/.test(leaf.textContent))
          .map((leaf) => leaf.textContent.trim()),
      );
      calendars.set(at, days.size >= 28);
    }
    return calendars.get(at);
  };
  const opened = (el) => {
    for (let at = el, i = 0; at && i < 8; i += 1, at = S.parent(at)) {
      if (at.matches('form,main,body,[role=main],[role=form],fieldset')) return false;
      if (at.matches('[role=listbox],[role=grid],[role=menu],[role=tree]') || calendar(at)) return true;
    }
    return false;
  };
  const ofOneField = (el) => {
    for (
      let at = el, i = 0;
      at && i < 4 && !at.matches('form,main,body,[role=main],[role=form]');
      i += 1, at = S.parent(at)
    ) {
      const fields = [...at.querySelectorAll('input:not([type=hidden]),select,textarea')];
      if (fields.length) return fields.every((f) => f === fields[0] || (f.name && f.name === fields[0].name));
    }
    return false;
  };
  const elements = arg.map((selector) => {
    try {
      return S.find(selector);
    } catch {
      return null; // gone
    }
  });
  return {
    live: elements.map((el) => (el ? live(el) : '')),
    opened: elements.map((el) => Boolean(el && opened(el))),
    ofOneField: elements.map((el) => Boolean(el && ofOneField(el))),
    texts,
  };
};
