"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const form = document.getElementById("form");
  const said = document.getElementById("said");
  const save = document.getElementById("save");
  const box = (key) => document.getElementById("q-" + key);
  let pressed = "";
  let changed = false;

  // an answer as it is saved; undefined where there is none
  const readers = {
    number: (name) => field(name, (text) => Number(text)),
    text: (name) => field(name, (text) => text.trim() || undefined),
    day: (name) => field(name, (text) => text),
    choice: (name) => field(name, (text) => text),
    scale: (name) => field(name, (text) => Number(text)),
    yes_no: (name) => field(name, (text) => text === "yes"),
  };

  function field(name, read) {
    const found = form.elements.namedItem(name);
    const text = found ? found.value : "";
    return text === "" ? undefined : read(text);
  }

  function answer(question) {
    if (question.kind === "choices") {
      const taken = [...box(question.key).querySelectorAll("input:checked")];
      return taken.length ? taken.map((input) => input.value) : undefined;
    }
    if (question.kind !== "table") return readers[question.kind](question.key);
    const rows = [];
    for (let row = 1; row <= question.rows; row += 1) {
      const kept = {};
      for (const column of question.columns) {
        const value = readers[column.kind](question.key + "." + row + "." + column.key);
        if (value !== undefined) kept[column.key] = value;
      }
      if (Object.keys(kept).length) rows.push(kept);
    }
    return rows.length ? rows : undefined;
  }

  const tests = {
    is: (value, wanted) => value === wanted,
    in: (value, wanted) => wanted.includes(value),
    includes: (value, wanted) => value.includes(wanted),
    at_least: (value, wanted) => value >= wanted,
    at_most: (value, wanted) => value <= wanted,
    above: (value, wanted) => value > wanted,
    below: (value, wanted) => value < wanted,
  };

  // 1 is true, 0 is false, and one half is not known
  function truth(condition, answers) {
    if ("all" in condition) return Math.min(...condition.all.map((part) => truth(part, answers)));
    if ("any" in condition) return Math.max(...condition.any.map((part) => truth(part, answers)));
    if ("not" in condition) return 1 - truth(condition.not, answers);
    const value = answers.get(condition.question);
    if ("answered" in condition) return Number((value !== undefined) === condition.answered);
    if (value === undefined) return 0.5;
    const name = Object.keys(condition).find((entry) => entry !== "question");
    return Number(tests[name](value, condition[name]));
  }

  // show what applies, and return the answers to that
  function update() {
    const answers = new Map();
    for (const question of data.questions) {
      const applies = !question.show_if || truth(question.show_if, answers) === 1;
      box(question.key).classList.toggle("off", !applies);
      const value = applies ? answer(question) : undefined;
      if (value !== undefined) answers.set(question.key, value);
    }
    // which stands on paper in its place, with the year first
    for (const day of form.querySelectorAll('input[type="date"]')) {
      day.nextElementSibling.textContent = day.value;
    }
    for (const section of form.querySelectorAll("section")) {
      section.classList.toggle("off", !section.querySelector(".q:not(.off)"));
    }
    return answers;
  }

  // a choice that stands alone takes the mark off the others, and they off it
  function keepAlone(input) {
    const question = data.questions.find((one) => one.key === input.name);
    if (!input.checked || !question || question.kind !== "choices") return;
    const isAlone = question.alone.includes(input.value);
    for (const other of box(question.key).querySelectorAll("input:checked")) {
      if (other !== input && (isAlone || question.alone.includes(other.value))) {
        other.checked = false;
      }
    }
  }

  function list(words, questions) {
    const lead = document.createElement("p");
    lead.textContent = words;
    const items = document.createElement("ul");
    for (const question of questions) {
      const link = document.createElement("a");
      link.href = "#q-" + question.key;
      link.textContent = box(question.key).querySelector("legend, .ask").textContent.trim();
      const item = document.createElement("li");
      item.append(link);
      items.append(item);
    }
    said.replaceChildren(lead, items);
  }

  function press() {
    const answers = update();
    const applying = data.questions.filter((one) => !box(one.key).classList.contains("off"));
    const wrong = applying.filter((one) =>
      [...box(one.key).querySelectorAll("input, textarea")].some((input) => !input.validity.valid));
    for (const one of applying) box(one.key).classList.toggle("wrong", wrong.includes(one));
    if (wrong.length) return list(data.words.wrong, wrong);
    const missing = applying.filter((one) => one.required && !answers.has(one.key));
    const state = missing.map((one) => one.key).join();
    if (missing.length && pressed !== state) {
      pressed = state;
      return list(data.words.missing, missing);
    }
    pressed = "";
    changed = false;
    said.textContent = data.words.saved;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text(answers)], { type: "application/json" }));
    const parts = [data.questionnaire.id, data.customer, "answers.json"];
    link.download = parts.filter(Boolean).join("-");
    link.click();
    return undefined;
  }

  function text(answers) {
    const content = {
      format: data.format,
      schema_version: data.schema_version,
      questionnaire: data.questionnaire,
      // left out where no customer is named
      customer: data.customer,
      language: data.language,
      saved_at: new Date().toISOString(),
      answers: Object.fromEntries(answers),
    };
    return JSON.stringify(content, null, 1) + "\n";
  }

  form.addEventListener("input", (event) => {
    keepAlone(event.target);
    changed = true;
    update();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  save.addEventListener("click", press);
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
  save.hidden = false;
  document.body.classList.add("live");
  update();
})();
