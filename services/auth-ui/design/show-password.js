// Adds a button to each password field that shows what was typed. Without script the field simply stays as it is.
for (const control of document.querySelectorAll('[data-show-password]')) {
  const input = control.querySelector('input');
  const button = document.createElement('button');
  const show = (isShown) => {
    input.type = isShown ? 'text' : 'password';
    button.textContent = isShown ? control.dataset.hide : control.dataset.show;
    button.setAttribute('aria-label', isShown ? control.dataset.hideLabel : control.dataset.showLabel);
  };
  button.type = 'button';
  button.className = 'button-inside';
  button.setAttribute('aria-controls', input.id);
  button.addEventListener('click', () => show(input.type === 'password'));
  // A browser must never remember the field as plain text.
  input.form.addEventListener('submit', () => show(false));
  show(false);
  control.append(button);
}
