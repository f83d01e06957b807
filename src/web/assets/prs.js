(() => {
  /** A button that was pressed says so until the next page is there. It is disabled after the form was read. */
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".pr-act")) return;
    setTimeout(() => {
      for (const button of event.target.querySelectorAll("button")) {
        button.disabled = true;
        button.textContent = "working …";
      }
    }, 0);
  });
})();
