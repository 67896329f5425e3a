// Goes on when every application in a frame was told, or has had its time. Without script a refresh or the link does.
const next = document.querySelector('[data-continue]');
const goOn = () => location.replace(next.href);
addEventListener('load', goOn);
setTimeout(goOn, 4000);
