// Shows moments in the zone of the reader, with UTC in a tooltip or beside them, and takes those of a form in that zone: without this script
// both are in UTC, and say so.
const language = document.documentElement.lang;
const time = { hour: 'numeric', minute: '2-digit', timeZoneName: 'short' };
const day = { year: 'numeric', month: 'short', day: 'numeric' };
const styles = {
  day,
  time,
  minute: { ...day, ...time },
  second: { ...day, ...time, second: '2-digit' },
  long: { ...day, ...time, month: 'long' },
};
const inUtc = new Intl.DateTimeFormat(language, { ...styles.second, timeZone: 'UTC' });
const formats = new Map(
  Object.entries(styles).map(([style, options]) => [style, new Intl.DateTimeFormat(language, options)]),
);
for (const element of document.querySelectorAll('time[datetime]')) {
  const at = new Date(element.dateTime);
  element.title = inUtc.format(at);
  element.textContent = formats.get(element.dataset.time ?? 'minute')?.format(at) ?? element.textContent;
  // On the page of one request the time is compared with those of logs.
  if (element.closest('[data-utc]') && element.textContent !== element.title)
    element.after(` · ${element.title}`);
}

// `2027-01-31T12:00`, as such a field has it.
const localOf = (at) => new Date(at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
const zone = (at) =>
  formats
    .get('time')
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC';
for (const input of document.querySelectorAll('input[type=datetime-local]')) {
  if (input.value !== '') input.value = localOf(new Date(`${input.value}Z`));
  const beside = document.getElementById(`${input.name}-zone`);
  const show = () => {
    const at = input.value === '' ? undefined : new Date(input.value);
    beside.textContent = at ? `${zone(at)} = ${inUtc.format(at)}` : zone(new Date());
  };
  input.addEventListener('input', show);
  show();
}
addEventListener('formdata', ({ target, formData }) => {
  for (const { name, value } of target.querySelectorAll('input[type=datetime-local]'))
    if (value !== '') formData.set(name, new Date(value).toISOString().slice(0, 19));
});
