// On a narrow screen the tabs are one row that is pushed sideways: show the one that we are at.
const current = document.querySelector('.tabs [aria-current]');
const row = current?.closest('.tabs');
if (row) row.scrollLeft = current.offsetLeft - row.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
