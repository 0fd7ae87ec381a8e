// Files go up as soon as they are chosen, with a bar that moves; the form then carries only their numbers. Without this
// script they travel with the form.
document.addEventListener("change", ({ target }) => {
  const box = target.closest?.("[data-upload]");
  if (box && target.type === "file" && target.files.length) send(box, target);
});

function send(box, input) {
  const bar = box.querySelector("progress");
  const list = box.querySelector("[data-uploaded]");
  const body = new FormData();
  for (const file of input.files) body.append("files", file);
  body.append("ticket", box.querySelector("[data-ticket]").value);
  body.append("csrfmiddlewaretoken", box.closest("form").elements.csrfmiddlewaretoken.value);
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", ({ loaded, total }) => (bar.value = (100 * loaded) / total));
  request.addEventListener("loadend", () => {
    bar.hidden = true;
    input.disabled = false;
    if (request.status === 200) {
      list.insertAdjacentHTML("beforeend", request.responseText);
      input.value = ""; // or they would come a second time, with the form
    } else {
      const line = list.appendChild(document.createElement("li"));
      line.className = "error";
      line.setAttribute("role", "alert");
      line.textContent = "上传没有成功，网络可能中断。可以再选一次，或直接提交表单，文件会随表单一起上传。";
    }
  });
  bar.value = 0;
  bar.hidden = false;
  input.disabled = true;
  request.open("POST", box.dataset.upload);
  request.send(body);
}
