// Runs in: base
(S) => {
  // What may bring up a status message without loading a page: search and filter fields, "load more", copy, favourite, counters. For 4.1.3.
  const SEARCH = /(?<!be|ver|onder)zoek|search|filter|trefwoord|keyword/i;
  const FOUND_BY = /postcode|naam van/i; // in a form that is sent it is a person's own data
  const DOES =
    /(meer|more) (laden|tonen|resultaten|results|nieuws|berichten|items)|(toon|laad|load|show) (meer|more)|kopieer|kopieren|copy|favoriet|bewaar|onthoud|vergelijk|toevoegen|zet op|\bin (\w+ )?(winkel)?(wagen|mand)|add to|^(zoek(en)?|search)\b(?!.*(openen|sluiten|tonen|open|close|show))|pas (filter|toe)|filters? toepassen|apply|wis filters|duim|nuttig|helpful|tel(len)?$|ververs|refresh|herbereken/i;
  const NEVER = /verwijder|betaal|verzend|verstuur|opslaan|bevestig|uitlog|afmeld|print|download|cookie|accept|weiger/i;
  const label = (el) =>
    ((el.labels && [...el.labels].map((l) => S.text(l, 120)).join(' ')) || S.name(el) || el.placeholder || '').slice(
      0,
      120,
    );
  const form = (el) => el.form || el.closest('form');
  const sent = (el) => form(el)?.method === 'post';
  const searches = (words, el) => SEARCH.test(words) || (FOUND_BY.test(words) && !sent(el));
  const found = [];
  const seen = new Set();
  const add = (el, kind, does = '') => {
    const sign = `${kind} ${does} ${el.localName} ${el.type || ''} ${[...el.classList].sort().slice(0, 3)} ${(el.name || '').replace(/\d+/g, '#')}`;
    if (seen.has(sign) || found.length >= 12 || !S.visible(el) || S.disabled(el)) return;
    seen.add(sign);
    found.push(S.place(el, { kind, label: label(el) }));
  };
  for (const el of S.all('input,textarea,select').slice(0, 300)) {
    if (
      el.matches('input[type=search]') ||
      (el.matches('input[type=text],input:not([type])') && searches(`${label(el)} ${el.name} ${el.id}`, el))
    )
      add(el, 'search');
    else if (
      el.matches('textarea') &&
      (el.maxLength > 0 || /tekens|karakters|characters/i.test(S.text(el.parentElement, 300)))
    )
      add(el, 'counter');
    else if (
      el.matches('select,input[type=checkbox],input[type=radio]:not(:checked)') &&
      (!form(el) ||
        /filter|sort|(?<!be|ver|onder)zoek|search/i.test(
          `${form(el).id} ${form(el).className} ${S.name(form(el))} ${el.name}`,
        ) ||
        !form(el).querySelector('button:not([type=button]),input[type=submit]'))
    )
      add(el, 'filter');
  }
  for (const el of S.all('button,input[type=button],[role=button],a[href^="#"],a[href^="javascript:"]').slice(0, 400)) {
    const name = S.name(el) || S.text(el, 80);
    if (DOES.test(name) && !NEVER.test(name) && !(el.localName === 'button' && el.type === 'submit' && el.form))
      add(el, 'button', DOES.exec(name)[0].toLowerCase());
  }
  return { triggers: found };
};
