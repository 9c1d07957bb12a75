package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"aiqyn/secrecy"
	"aiqyn/tile"
	"aiqyn/web/chromium"
)

// A tile is what the format says, for any program of any site, and is not sent
// again while nothing has changed.
func TestCapacityTiles(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	get := func(path, known string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("If-None-Match", known)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	w := get("/tiles/capacity/10/715/342.mvt", "")
	h := w.Header()
	if w.Code != 200 || h.Get("Content-Type") != tile.Mime || h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Cache-Control") != "no-cache" {
		t.Fatalf("status %d, %v", w.Code, h)
	}
	near := tile.At(71.4, 51.1).Tile(16)
	both := append(w.Body.Bytes(), get(fmt.Sprintf("/tiles/capacity/%d/%d/%d.mvt", near.Z, near.X, near.Y), "").Body.Bytes()...)
	for _, word := range []string{"transformers", "lines", "free_kw", "pending_kw", "lapse_kw", "sum_kw", "room"} {
		if !bytes.Contains(both, []byte(word)) {
			t.Errorf("the tiles have no %q", word)
		}
	}
	tag := h.Get("ETag")
	for _, known := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
		if w := get("/tiles/capacity/10/715/342.mvt", known); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
			t.Errorf("known as %s: status %d, %d bytes", known, w.Code, w.Body.Len())
		}
	}
	if w := get("/tiles/capacity/10/715/342.mvt?of="+tag[1:len(tag)-1], ""); w.Header().Get("Cache-Control") != "public, max-age=3600" {
		t.Errorf("a named publication: %q", w.Header().Get("Cache-Control"))
	}
	near = tile.At(71.42, 51.11).Tile(17)
	plots := get(fmt.Sprintf("/tiles/parcels/%d/%d/%d.mvt", near.Z, near.X, near.Y), "")
	if plots.Code != 200 || plots.Header().Get("Content-Type") != tile.Mime || !strings.Contains(plots.Body.String(), "99-999-03") || plots.Header().Get("Cache-Control") != "public, max-age=3600" {
		t.Errorf("parcels: status %d, %d bytes, %v", plots.Code, plots.Body.Len(), plots.Header())
	}
	if w := get(fmt.Sprintf("/tiles/parcels/%d/%d/%d.mvt", near.Z, near.X, near.Y), plots.Header().Get("ETag")); w.Code != http.StatusNotModified {
		t.Errorf("the same parcels again: status %d", w.Code)
	}
	if w := get("/tiles/parcels/16/x/1.mvt", ""); w.Code != 404 {
		t.Errorf("no tile: status %d", w.Code)
	}
	if w := get("/tiles/capacity/3/0/0.mvt", ""); w.Code != 200 || w.Body.Len() != 0 {
		t.Errorf("the sea: status %d, %d bytes", w.Code, w.Body.Len())
	}
	for _, path := range []string{"10/715/342", "10/715/342.png", "10/1024/0.mvt", "-1/0/0.mvt", "23/0/0.mvt", "a/b/c.mvt"} {
		if w := get("/tiles/capacity/"+path, ""); w.Code != 404 {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
}

// The map over tiles is drawn, moved by keys and buttons, shows the transformers
// beside it as a list, and takes a place for the question what it would take there.
func TestLiveMapInTheBrowser(t *testing.T) {
	ctx := browser(t, 4*time.Minute)
	server := httptest.NewServer(newServer(t, newFake(t), nil))
	defer server.Close()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1000, 900), chromedp.Navigate(server.URL+"/ru/capacity/map?at=71.42,51.11&zoom=16"), chromedp.WaitVisible(chromedp.CSS(`[data-live-list] a`))); err != nil {
		t.Fatal(err)
	}
	faults := must(t, ctx, chromedp.Evaluate[[]string](`(async () => {
		const seen = []
		const expect = async (what, is) => { // as soon as it is so, however slow the machine
			for (let n = 0; n < 400 && !is(); n++) await new Promise((done) => setTimeout(done, 50))
			if (!is()) seen.push(what)
		}
		const box = document.querySelector('[data-live]'), canvas = box.querySelector('canvas')
		const key = (k) => canvas.dispatchEvent(new KeyboardEvent('keydown', { key: k, bubbles: true, cancelable: true }))
		const at = () => new URL(location.href).searchParams
		const list = () => box.querySelectorAll('[data-live-list] a')
		await expect('the drawing of the server gives way', () => [...document.querySelectorAll('[data-live-plain]')].every((e) => e.hidden))
		await expect('named', () => canvas.getAttribute('aria-label').includes('Карта'))
		await expect('drawn in more than one colour', () => new Set(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).size > 8)
		await expect('a list of what is near', () => list().length >= 3)
		const before = at().get('at')
		key('ArrowRight')
		await expect('moved by an arrow', () => at().get('at') !== before)
		key('+')
		await expect('enlarged by +', () => at().get('zoom') === '17')
		box.querySelector('[data-live-do=out]').click()
		await expect('diminished by a button', () => at().get('zoom') === '16')
		await expect('the language switch keeps the place', () => document.querySelector('a[hreflang=en]')?.search.includes('zoom=16'))
		key('0')
		await expect('all of it, and no place in the address', () => at().get('at') === null && at().get('zoom') === null)
		await expect('leads to a transformer', () => /\/ru\/capacity\/\d+$/.test(list()[0]?.href))
		for (const [x, y] of [[3, 3], [9, 40], [30, 9]]) {
			for (const type of ['pointerdown', 'pointerup']) canvas.dispatchEvent(new PointerEvent(type, { pointerId: 1, button: 0, clientX: canvas.getBoundingClientRect().x + x, clientY: canvas.getBoundingClientRect().y + y, bubbles: true }))
			if (document.querySelector('#at').value) break
		}
		await expect('takes a place where there is no parcel', () => /^71\.\d+,51\.\d+$/.test(document.querySelector('#at').value) || document.querySelector('#parcel').value)
		await expect('says so', () => /71\.|99-999/.test(box.querySelector('[data-live-said]').textContent))
		const [number, place, said] = [document.querySelector('#parcel'), document.querySelector('#at'), box.querySelector('[data-live-said]')]
		key('+'); key('+'); key('+'); key('+')
		const plots = () => box.querySelectorAll('[data-live-parcels] button')
		await expect('parcels are listed once one is near', () => plots().length > 3 && !plots()[0].closest('[hidden]'))
		key('Enter')
		await expect('Enter takes the parcel in the middle', () => /^99-999-\d{3}-\d{3}$/.test(number.value) && place.value === '')
		await expect('says which', () => said.textContent.includes(number.value) && said.querySelector('a').hash === '#kw')
		const other = [...plots()].find((b) => b.value !== number.value)
		other.focus()
		other.click()
		await expect('a button takes another', () => number.value === other.value && said.textContent.includes(other.value))
		return seen
	})()`, func(p *runtime.EvaluateParams) { yes := true; p.AwaitPromise = &yes }))
	if len(faults) > 0 {
		t.Errorf("the map: %v", faults)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/ru/capacity/map?at=71.414,51.1&zoom=19"), chromedp.WaitVisible(chromedp.CSS(`[data-live-list] a[href$="/capacity/7"]`))); err != nil {
		t.Fatal(err)
	}
	// Enter takes the transformer in the middle: what is free, what is reserved and what if
	// that lapses are of the publication, what is asked for is of now.
	said := `document.querySelector('[data-live-said]').textContent`
	press := chromedp.Evaluate[chromedp.Void](`document.querySelector('[data-live-canvas]').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))`)
	err := chromedp.Do(ctx, press)
	for _, part := range []string{"ТП-1007", "свободно 121 кВт", "забронировано и ещё не подключено 20 кВт", "будет свободно 141 кВт", "просят 24,5 кВт, заявок – 3", "История по дням"} {
		if err == nil {
			err = chromium.Becomes(ctx, part+" is said of a transformer", said+fmt.Sprintf(`.includes(%q)`, part))
		}
	}
	if err == nil {
		err = chromium.Becomes(ctx, "its history is a press away", `document.querySelector('[data-live-said] a[href$="/ru/capacity/7/history"]') !== null`)
	}
	if err != nil {
		t.Error(err)
	}
}

// What is classified is nowhere on the public's pages, tiles, files and programs, and
// stands for those whose role has it.
func TestClassifiedIsShownNowhere(t *testing.T) {
	f := newFake(t)
	free := secrecy.Subject{Layer: secrecy.Capacity, Attribute: secrecy.Free}
	f.policy = secrecy.Policy{free: {Classification: secrecy.Classification{Subject: free, Class: secrecy.Generalised}, Entry: 5}}
	s := newServer(t, f, nil)
	near := tile.At(71.4, 51.1).Tile(16)
	for path, says := range map[string]string{
		"/ogc/collections/transformers/items?limit=5": `"room":"withheld"`, "/ogc/collections/areas/items": `"sum_free_kw_below":`, "/ogc/collections": `"areas"`,
		fmt.Sprintf("/tiles/capacity/%d/%d/%d.mvt", near.Z, near.X, near.Y): "withheld", "/en/capacity/map": "Generalised figures by cell", "/en/capacity": "is classified",
		"/en/capacity/secrecy": "free power", "/kk/capacity/map?at=71.42,51.11&zoom=17": "жабық",
	} {
		body := ask(s, "", path, nil).Body.String()
		if !strings.Contains(body, says) {
			t.Errorf("%s does not say %q", path, says)
		}
		if strings.Contains(body, `"free_kw"`) && !strings.Contains(body, `"free_kw":null`) || strings.Contains(body, "17.3 kW") {
			t.Errorf("%s tells free power", path)
		}
	}
	if body := ask(s, "auditor", "/en/capacity/map", nil).Body.String(); !strings.Contains(body, "not to be shown to others") || strings.Contains(body, "Generalised figures by cell") {
		t.Error("an auditor does not see it exactly")
	}
}
