// Does focus that is put on this element stay there, or is it handed on at once? `arg`: selector.
async (S, arg) => {
  const el = S.find(arg);
  if (!el) return false;
  el.focus();
  await new Promise((done) => setTimeout(done, 150));
  let at = document.activeElement;
  while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
  return at === el;
};
