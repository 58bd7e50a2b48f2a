// Dropping files: each goes by itself, with its progress, and the list follows while files are read. Without this script
// the form sends them together and the page follows by itself.

const AT_ONCE = 4;
const LOOK_EVERY = 1000;
const form = document.getElementById("drop");
const sending = document.getElementById("sending");
const waiting = [];
let busy = 0;
let looking = 0;

form.addEventListener("dragover", (event) => {
  event.preventDefault();
  form.classList.add("over");
});
form.addEventListener("dragleave", () => form.classList.remove("over"));
form.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("over");
  take(event.dataTransfer.files);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const input = form.elements.files;
  take(input.files);
  input.value = "";
});

function take(files) {
  for (const file of files) {
    const line = document.createElement("li");
    const name = document.createElement("span");
    const bar = document.createElement("progress");
    const word = document.createElement("span");
    name.className = "name";
    name.textContent = file.name;
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    word.textContent = "waits";
    line.append(name, bar, word);
    sending.append(line);
    sending.hidden = false;
    const part = { file, line, bar, word };
    if (file.size > Number(form.dataset.most) * 1e6) end(part, `larger than ${form.dataset.most} MB`);
    else waiting.push(part);
  }
  next();
}

function next() {
  while (busy < AT_ONCE && waiting.length) send(waiting.shift());
}

function send(part) {
  busy += 1;
  const body = new FormData();
  body.append("files", part.file, part.file.name);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-Form-Token", form.elements.form_token.value);
  request.responseType = "json";
  part.word.textContent = "is sent";
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) part.bar.value = event.loaded / event.total;
  });
  request.addEventListener("loadend", () => {
    busy -= 1;
    const answer = request.response;
    if (request.status === 202) settle(part, answer.batches[0]);
    else end(part, answer && answer.error ? answer.error.message : "the connection was lost");
    next();
    look();
  });
  request.send(body);
}

function settle(part, upload) {
  if (upload.state === "unchanged") end(part, `was accepted before as upload ${upload.batch}`);
  else part.line.remove();
  sending.hidden = !sending.children.length;
}

function end(part, text) {
  part.bar.remove();
  part.word.textContent = text;
}

// The list is the page's own, asked for again: what is shown is always what the site says.
async function look() {
  if (looking) return;
  looking = 1;
  try {
    const answer = await fetch(`/imports?period=${encodeURIComponent(form.dataset.period)}`, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const list = page.getElementById("uploads");
    if (!list) return;
    document.getElementById("uploads").replaceWith(list);
    document.querySelector("#finding h1").textContent = page.querySelector("#finding h1").textContent;
  } finally {
    looking = 0;
  }
  follow();
}

function follow() {
  if (Number(document.getElementById("uploads").dataset.underWay) || busy) setTimeout(look, LOOK_EVERY);
}

follow();
