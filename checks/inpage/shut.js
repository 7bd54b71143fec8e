// Is something that was opened still in sight (`arg`: selectors)? With `press` its closing button is pressed first. Says true when it is gone.
(S, arg) => {
  const CLOSE =
    /^(sluit|sluiten|dicht|close|dismiss|annuleer|annuleren|cancel|terug|back|×|x|✕|✖|ok)\b|sluit(en)?$|close$/i;
  const open = arg.selectors
    .map((selector) => {
      try {
        return S.find(selector);
      } catch {
        return null;
      }
    })
    .filter((el) => el && S.visible(el));
  if (!open.length) return true;
  if (arg.press) {
    for (const layer of open) {
      const button = S.all('button,[role=button],a[href^="#"]', layer).find(
        (el) => S.visible(el) && CLOSE.test((S.name(el) || S.text(el, 40)).trim()),
      );
      if (button) {
        button.click();
        break;
      }
    }
  }
  return false;
};
