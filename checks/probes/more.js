// Runs in: base
(S) => {
  // What loads more of a list into this page when asked: buttons that say so, and a list that goes on as one scrolls. For checks/more.py.
  const MORE =
    /^((toon|laad|bekijk|show|load|view|see) (\d+ )?(meer|more|volgende|next)\b|(meer|more) (\S+ )?(laden|tonen|ophalen|bekijken|resultaten|berichten|nieuws|items|producten|vacatures|results|posts)\b|(nog|volgende|next) \d+ \S+)/i;
  const NEVER =
    /verwijder|betaal|verzend|verstuur|opslaan|bevestig|uitlog|afmeld|download|cookie|delete|submit|send|log ?out/i;
  // What unfolds (aria-expanded) loads nothing; what has an address is a link, and what sends a form is not pressed here.
  const asks = (el) =>
    !el.hasAttribute('aria-expanded') &&
    !el.hasAttribute('aria-haspopup') &&
    !(el.form && el.type === 'submit') &&
    S.visible(el) &&
    !S.disabled(el);
  const label = (el) => (S.name(el) || S.text(el, 80)).replace(/\s+/g, ' ').trim().slice(0, 80);
  const buttons = S.all('button,input[type=button],[role=button],a[href^="#"],a[href^="javascript:"],a:not([href])')
    .slice(0, 600)
    .filter((el) => {
      const said = label(el);
      return MORE.test(said) && !NEVER.test(said) && asks(el);
    })
    .slice(0, 3);
  const endless = S.all('[role=feed],[class*=infinite-scroll],[class*=infiniteScroll],[data-infinite-scroll]').some(
    (el) => S.visible(el),
  );
  return { buttons: buttons.map((el) => S.place(el, { label: label(el) })), endless };
};
