// The WebUI's page environment, as far as extensions use it. Same names, written anew.

function gradioApp() {
    const app = document.querySelector('gradio-app');
    if (!app) return document;
    app.getElementById = (id) => document.getElementById(id);
    return app.shadowRoot || app;
}

function get_uiCurrentTab() {
    return gradioApp().querySelector('#tabs > .tab-nav > button.selected');
}

function get_uiCurrentTabContent() {
    return gradioApp().querySelector('#tabs > .tabitem[id^=tab_]:not([style*="display: none"])');
}

var opts = {};
var uiUpdateCallbacks = [];
var uiAfterUpdateCallbacks = [];
var uiLoadedCallbacks = [];
var uiTabChangeCallbacks = [];
var optionsChangedCallbacks = [];
var optionsAvailableCallbacks = [];
var uiAfterUpdateTimeout = null;
var uiCurrentTab = null;
var executedOnLoaded = false;

function onUiUpdate(callback) { uiUpdateCallbacks.push(callback); }
function onAfterUiUpdate(callback) { uiAfterUpdateCallbacks.push(callback); }
function onUiLoaded(callback) { uiLoadedCallbacks.push(callback); }
function onUiTabChange(callback) { uiTabChangeCallbacks.push(callback); }
function onOptionsChanged(callback) { optionsChangedCallbacks.push(callback); }
function onOptionsAvailable(callback) {
    if (Object.keys(opts).length) callback();
    else optionsAvailableCallbacks.push(callback);
}

function executeCallbacks(queue, arg) {
    for (const callback of queue) {
        try {
            callback(arg);
        } catch (e) {
            console.error('error running callback', callback, ':', e);
        }
    }
}

function readOptions() {
    const area = gradioApp().querySelector('#settings_json textarea');
    if (!area || !area.value || area.value === readOptions.last) return;
    const first = !Object.keys(opts).length;
    readOptions.last = area.value;
    opts = JSON.parse(area.value);
    executeCallbacks(optionsChangedCallbacks);
    if (first) executeCallbacks(optionsAvailableCallbacks);
}

document.addEventListener('DOMContentLoaded', () => {
    new MutationObserver((records) => {
        if (!executedOnLoaded && gradioApp().querySelector('#txt2img_prompt')) {
            executedOnLoaded = true;
            executeCallbacks(uiLoadedCallbacks);
        }
        readOptions();
        executeCallbacks(uiUpdateCallbacks, records);
        clearTimeout(uiAfterUpdateTimeout);
        uiAfterUpdateTimeout = setTimeout(() => executeCallbacks(uiAfterUpdateCallbacks), 200);
        const tab = get_uiCurrentTab();
        if (tab && tab !== uiCurrentTab) {
            uiCurrentTab = tab;
            executeCallbacks(uiTabChangeCallbacks);
        }
    }).observe(gradioApp(), {childList: true, subtree: true});
});

// As in the WebUI: active on every tab, and it throws where a tab has no such buttons.
document.addEventListener('keydown', (e) => {
    const tab = get_uiCurrentTabContent();
    const generate = tab.querySelector('button[id$=_generate]');
    const interrupt = tab.querySelector('button[id$=_interrupt]');
    const skip = tab.querySelector('button[id$=_skip]');
    if (e.key === 'Enter' && (e.metaKey || e.ctrlKey)) {
        (interrupt.style.display === 'block' ? interrupt : generate).click();
        e.preventDefault();
    }
    if (e.key === 'Enter' && e.altKey) {
        skip.click();
        e.preventDefault();
    }
    if (e.key === 'Escape' && interrupt.style.display === 'block') {
        interrupt.click();
        e.preventDefault();
    }
});

function set_theme(theme) {
    const url = window.location.href;
    if (!url.includes('?__theme=')) window.location.replace(`${url}?__theme=${theme}`);
}

function get_tab_index(tabId) {
    const buttons = gradioApp().getElementById(tabId).querySelector('div').querySelectorAll('button');
    return Math.max(0, [...buttons].findIndex((button) => button.classList.contains('selected')));
}

function switch_to_tab(index) {
    gradioApp().querySelectorAll('#tabs > .tab-nav > button')[index].click();
}
function switch_to_txt2img() { switch_to_tab(0); return [...arguments]; }
function switch_to_img2img_tab(no) {
    switch_to_tab(1);
    gradioApp().getElementById('mode_img2img').querySelectorAll('button')[no].click();
}
function switch_to_img2img() { switch_to_img2img_tab(0); return [...arguments]; }
function switch_to_sketch() { switch_to_img2img_tab(1); return [...arguments]; }
function switch_to_inpaint() { switch_to_img2img_tab(2); return [...arguments]; }
function switch_to_inpaint_sketch() { switch_to_img2img_tab(3); return [...arguments]; }

function all_gallery_buttons() {
    const selector = '.tabitem div[id$=_gallery].gradio-gallery .thumbnails > .thumbnail-item.thumbnail-small';
    return [...gradioApp().querySelectorAll(selector)].filter((item) => item.parentElement.offsetParent);
}
function selected_gallery_index() {
    return all_gallery_buttons().findIndex((item) => item.classList.contains('selected'));
}
function extract_image_from_gallery(gallery) {
    if (!gallery.length) return [null];
    const index = selected_gallery_index();
    return [gallery[index < 0 || index >= gallery.length ? 0 : index]];
}

function updateInput(target) {
    target.dispatchEvent(new Event('input', {bubbles: true}));
    target.dispatchEvent(new Event('change', {bubbles: true}));
}

function localSet(name, value) { try { localStorage.setItem(name, value); } catch (e) { /* private window */ } }
function localRemove(name) { try { localStorage.removeItem(name); } catch (e) { /* private window */ } }

function randomId() {
    return `task(${Math.random().toString(36).slice(2, 7)}${Math.random().toString(36).slice(2, 7)})`;
}

function showSubmitButtons(tab, show) {
    for (const name of ['interrupt', 'skip']) {
        gradioApp().getElementById(`${tab}_${name}`).style.display = show ? 'none' : 'block';
    }
    gradioApp().getElementById(`${tab}_interrupting`).style.display = 'none';
}

async function requestProgress(id, container, atEnd) {
    const bar = document.createElement('div');
    bar.className = 'progressDiv';
    bar.innerHTML = '<div class="progress"></div>';
    const preview = document.createElement('div');
    preview.className = 'livePreview';
    container.parentNode.insertBefore(bar, container);
    let last = -1;
    let seen = false;
    const began = Date.now();
    for (;;) {
        let answer = null;
        try {
            const response = await fetch('./internal/progress', {
                method: 'POST',
                headers: {'Content-Type': 'application/json'},
                body: JSON.stringify({id_task: id, id_live_preview: last, live_preview: true}),
            });
            answer = await response.json();
        } catch (e) {
            break;
        }
        seen = seen || answer.active;
        if (answer.completed || (seen && !answer.active)) break;
        if (!answer.active && !answer.queued && Date.now() - began > 40000) break;
        const fill = bar.firstElementChild;
        fill.style.width = `${(answer.progress || 0) * 100}%`;
        fill.textContent = answer.textinfo || (answer.progress ? `${Math.round(answer.progress * 100)}%` : '');
        if (answer.live_preview) {
            last = answer.id_live_preview;
            const image = new Image();
            image.src = answer.live_preview;
            preview.replaceChildren(image);
            if (!preview.isConnected) container.parentNode.insertBefore(preview, container);
        }
        await new Promise((resolve) => setTimeout(resolve, 400));
    }
    bar.remove();
    preview.remove();
    atEnd();
}

function create_submit_args(args) {
    const res = [...args];
    // gradio adds the outputs' values; the gallery's would be sent back in full
    if (Array.isArray(res[res.length - 3])) res[res.length - 3] = null;
    return res;
}

function start(tab, args) {
    showSubmitButtons(tab, false);
    const id = randomId();
    localSet(`${tab}_task_id`, id);
    requestProgress(id, gradioApp().getElementById(`${tab}_gallery_container`), () => {
        showSubmitButtons(tab, true);
        localRemove(`${tab}_task_id`);
    });
    const res = create_submit_args(args);
    res[0] = id;
    return res;
}
function submit() { return start('txt2img', arguments); }
function submit_img2img() {
    const res = start('img2img', arguments);
    res[1] = get_tab_index('mode_img2img');
    return res;
}
function restoreProgressTxt2img() { return [localStorage.getItem('txt2img_task_id')]; }
function restoreProgressImg2img() { return [localStorage.getItem('img2img_task_id')]; }

// Agent Scheduler's own
function submit_enqueue() {
    const res = create_submit_args(arguments);
    res[0] = randomId();
    return res;
}
function submit_enqueue_img2img() {
    const res = submit_enqueue(...arguments);
    res[1] = get_tab_index('mode_img2img');
    return res;
}

function inputAccordionChecked(id, checked) {
    const accordion = gradioApp().getElementById(id);
    if (accordion && accordion.setChecked) accordion.setChecked(checked);
}

onUiLoaded(() => {
    for (const accordion of gradioApp().querySelectorAll('.input-accordion')) {
        const label = accordion.querySelector('.label-wrap');
        const hidden = gradioApp().querySelector(`#${accordion.id}-checkbox input`);
        const box = document.createElement('input');
        box.type = 'checkbox';
        box.id = `${accordion.id}-visible-checkbox`;
        box.className = `${hidden.className} input-accordion-checkbox`;
        label.querySelector('span').prepend(box);
        const isOpen = () => label.classList.contains('open');
        accordion.setChecked = (checked) => {
            box.checked = checked;
            if (isOpen() !== checked) label.click();
            if (hidden.checked !== checked) {
                hidden.checked = checked;
                updateInput(hidden);
            }
        };
        box.addEventListener('click', (event) => event.stopPropagation());
        box.addEventListener('input', () => accordion.setChecked(box.checked));
        new MutationObserver(() => accordion.setChecked(isOpen()))
            .observe(label, {attributes: true, attributeFilter: ['class']});
    }
});

function restart_reload() {
    document.body.innerHTML = '<h1 style="font-family: sans-serif; text-align: center">Reloading...</h1>';
    const ping = async() => {
        try {
            const answer = await fetch('./internal/ping');
            if (answer.ok) return location.reload();
        } catch (e) { /* not up yet */ }
        setTimeout(ping, 500);
    };
    setTimeout(ping, 2000);
    return [];
}
