// Calls the API itself: uploads a document, by choosing or dropping it, and fetches a package. The page's own server
// has signed both calls; the signature of an upload does not cover the file.
"use strict";

function say(id, text, kind) {
  const words = document.createElement("p");
  words.className = kind;
  words.textContent = text;
  byId(id === "said" ? "wrong" : "said").replaceChildren();
  byId(id).replaceChildren(words);
  settle();
}

function report(answer, words) {
  if (answer && answer.code === 20) return say("said", words, "done");
  const error = answer && answer.error;
  const why = error ? error.message : answer ? `code ${answer.code}, ${answer.status}` : "the answer is not JSON";
  say("wrong", `The API answered: ${why}.`, "alert");
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function upload(form) {
  const bar = byId("upload-progress");
  const request = new XMLHttpRequest(); // fetch() cannot say how much was sent
  request.open("POST", form.getAttribute("action"));
  request.upload.onprogress = (event) => {
    bar.hidden = false;
    bar.value = event.lengthComputable ? event.loaded / event.total : 0;
  };
  request.onloadend = () => {
    bar.hidden = true;
    if (!request.status) return say("wrong", "The upload was cut: the fake did not answer.", "alert");
    const answer = parsed(request.responseText);
    const made = answer && answer.data ? answer.data : {};
    report(answer, `Uploaded: ${made.collectionTitle} is ${made.collectionHash}.`);
    form.reset();
    load(here());
  };
  request.send(new FormData(form));
}

async function fetchPackage(link) {
  const response = await fetch(link.href, { cache: "no-store" });
  const answer = parsed(await response.text());
  const data = (answer && answer.data) || {};
  if (data.resourceUrl) location.assign(data.resourceUrl);
  report(answer, data.resourceUrl ? "The package is being downloaded." : `The package is ${data.status}: try again later.`);
  load(here());
}

for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const form = byId("upload");
    if (!form || !event.dataTransfer || ![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault(); // a document dropped beside the form must not replace the page
    const inside = form.contains(event.target);
    form.classList.toggle("over", inside && kind !== "drop" && kind !== "dragleave");
    if (kind !== "drop" || !inside) return;
    byId("upload-file").files = event.dataTransfer.files;
    upload(form);
  });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-package]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  fetchPackage(link);
});
