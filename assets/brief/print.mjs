// Prints the page of a brief; a handler within the page is forbidden there (docs/security.md).
document.querySelector('[data-print]').addEventListener('click', () => print());
