// Finds the consent banner and presses its refusing button (else the accepting one); says whether there was one.
(S) => {
  const WORDS = /cookie|toestemming|consent|privacyvoorkeur|tracking/i;
  const REFUSE = /weiger|afwijzen|niet accepteren|alleen (noodzakelijk|functionele)|alleen .*noodzakelijke|noodzakelijke cookies|reject|decline|refuse|only necessary|necessary only|nee,? /i;
  const ACCEPT = /accepteer|accepteren|akkoord|toestaan|alles toestaan|accept|agree|allow|begrepen|ok$|sluit|close/i;
  const layers = S.all('div,section,aside,dialog,form,footer,header,[role=dialog],[role=region],[role=alertdialog]').filter((el) => {
    const s = getComputedStyle(el);
    return (/fixed|sticky/.test(s.position) || el.matches('dialog[open],[role=dialog],[role=alertdialog]')) && S.visible(el) && WORDS.test(S.text(el, 3000)) && WORDS.test(el.id + ' ' + el.className + ' ' + S.text(el, 600));
  });
  for (const layer of layers) {
    const buttons = S.all('button,[role=button],input[type=button],input[type=submit],a', layer).filter(S.visible).slice(0, 40);
    const press = buttons.find((b) => REFUSE.test(S.name(b) || S.text(b, 80))) || buttons.find((b) => ACCEPT.test(S.name(b) || S.text(b, 80)));
    if (press && !(press.localName === 'a' && press.href && press.href.split('#')[0] !== location.href.split('#')[0])) {
      const name = (S.name(press) || S.text(press, 80)).slice(0, 80);
      press.click();
      return { found: S.place(layer), pressed: name };
    }
    return { found: S.place(layer), pressed: '' };
  }
  return { found: null, pressed: '' };
}
