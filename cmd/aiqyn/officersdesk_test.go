package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"aiqyn"
	"aiqyn/attachment/media"
)

// readingWithConsent: a clerk of another body is let read a fact by the code that came to
// the person at the counter, and by no other; the person sees who read it.
func (v *townspeople) readingWithConsent() {
	v.Helper()
	clerk := v.persona("A clerk at the akimat").Phone
	v.be(aiqyn.Russian, clerk)
	v.do(v.wide(360), v.open("/ru/facts"), enter(`#to`, string(v.applicant)), touch(`input[name=register] ~ label`), touch(`input[name=do][value=here] ~ label`), press(`main form .button`), fits)
	v.prove(clerk, `input[name=do][value=code]`)
	code := v.code(v.builder.Phone)
	wrong := strings.Map(func(r rune) rune { return '0' + ('9' - r) }, code) // differs in each digit
	v.do(enter(`#code`, wrong), press(`main form .button`), becomes("another code is refused", `document.querySelector('#code-error')`),
		enter(`#code`, code), press(`main form .button`), becomes("the fact is shown", `document.querySelectorAll('main .govuk-summary-list__row').length > 2 && !document.querySelector('main form')`), fits)
	v.be(aiqyn.Kazakh, v.builder.Phone)
	v.do(v.open("/kk/account/readings"), becomes("the reading is told", `document.querySelector('main tbody tr')`))
	if told := v.said(`document.querySelector('main tbody tr').innerText`); !strings.Contains(told, "берген келісіміңіз бойынша") || !strings.Contains(told, "әкімдігі") {
		v.Errorf("the reading is told as %q", told)
	}
}

// goOnAs goes on as the officer whom chance gave the case, when it has.
func (v *townspeople) goOnAs(lang aiqyn.Lang) {
	v.Helper()
	v.be(aiqyn.Kazakh, v.builder.Phone)
	const officer = `form:has(input[name=officer]) button`
	for looked := 0; ; looked++ {
		v.do(v.open("/kk/cases/" + v.ref))
		if v.said(`document.querySelector('`+officer+`') ? 'drawn' : ''`) != "" {
			break
		}
		if looked == 60 {
			v.Fatal("nobody is drawn")
		}
		time.Sleep(500 * time.Millisecond)
	}
	v.drawn = v.cast.Phones[aiqyn.OfficerID(v.said(`document.querySelector('input[name=officer]').value`))]
	v.do(press(officer), v.open("/"+string(lang)+"/desk/"+v.ref))
}

// survey: the surveyor records what they have found, with two photographs; the first is
// cut off on its way and goes on where it was, by itself. They sign it with NCALayer.
func (v *townspeople) survey() {
	v.Helper()
	v.goOnAs(aiqyn.Russian)
	v.photo = noise(v.T, 1)
	names := []string{v.file("first.jpg", v.photo), v.file("second.jpg", noise(v.T, 2))}
	v.way.after.Store(int64(len(v.photo) / 2))
	for i, input := range []string{"evidence-photo", "evidence-photo-2"} {
		v.do(func(ctx context.Context) error {
			return chromedp.Do(ctx, chromedp.SetUploadFiles(chromedp.CSS(`#`+input), []string{names[i]}))
		}, becomes("the file is there", `document.querySelector('input[type=hidden][name=`+input+`]').value`))
		if i == 0 {
			v.wentOn()
		}
	}
	lat, lon := v.parcelAt()
	name := v.said(`document.querySelector('header').innerText.match(/\(([^)]+)\)/)[1]`)
	v.do(fits, enter(`#measured-load`, "15"), enter(`#evidence-place`, fmt.Sprintf("%.6f, %.6f", lat, lon)), enter(`#evidence-signature`, name), press(`.document button[name=sign][value=ask]`))
	v.prove(v.drawn, `[data-ncalayer]`)
	v.sign(aiqyn.Russian)
	v.do(becomes("the survey is recorded", `document.querySelector('.desk') && !document.querySelector('.document [name=sign]')`))
}

// wentOn holds that the photograph is whole, though its way was cut.
func (v *townspeople) wentOn() {
	v.Helper()
	if at, _ := v.way.resumed.Load().(string); at == "" || at == "0" || at == strconv.Itoa(len(v.photo)) {
		v.Errorf("the upload of %d bytes went on at %q", len(v.photo), at)
	}
	if hash := v.said(`document.querySelector('input[type=hidden][name=evidence-photo]').value`); hash != fingerprint(v.photo) {
		v.Errorf("kept as %s, not %s", hash, fingerprint(v.photo))
	}
	if left := v.said(`String(document.getElementById('evidence-photo').files.length)`); left != "0" {
		v.Error("the form would send the file again")
	}
}

func fingerprint(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// file is a file of the person's own computer.
func (v *townspeople) file(name string, content []byte) string {
	v.Helper()
	name = filepath.Join(v.TempDir(), name)
	if err := os.WriteFile(name, content, 0o600); err != nil {
		v.Fatal(err)
	}
	return name
}

// parcelAt is where the parcel is, by the register.
func (v *townspeople) parcelAt() (lat, lon float64) {
	v.Helper()
	db, err := behind("sqlite:" + databaseFile(v.dir))
	if err != nil {
		v.Fatal(err)
	}
	defer db.Close()
	var text []byte
	var parcel struct{ Lat, Lon float64 }
	if err := db.QueryRow(`SELECT value FROM register_row WHERE register = 'cadastre.parcels' AND key = $1`, v.parcel).Scan(&text); err != nil {
		v.Fatal(err)
	}
	if err := json.Unmarshal(text, &parcel); err != nil {
		v.Fatal(err)
	}
	return parcel.Lat, parcel.Lon
}

// noise is a photograph that no other is like, and that does not get small.
func noise(t *testing.T, seed uint32) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 700, 600))
	for i := range img.Pix {
		seed = seed*1664525 + 1013904223
		img.Pix[i] = uint8(seed >> 24)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// decision: the engineer whom chance gave it grants what was asked for, and signs that.
func (v *townspeople) decision() {
	v.Helper()
	v.goOnAs(aiqyn.English)
	v.nca.one.Store(true) // as some versions of the program answer
	v.do(v.wide(1280), press(`button[formaction$="sign=ask"][value=grant]`))
	v.prove(v.drawn, `[data-ncalayer]`)
	v.sign(aiqyn.English)
	v.do(becomes("it is decided", `!document.querySelector('button[value=grant]')`))
}

// ownersCase: the applicant has what they asked for, looks at the photograph of it, and
// takes their receipts along: they hold without the server, the signatures too.
func (v *townspeople) ownersCase() {
	v.Helper()
	v.be(aiqyn.Kazakh, v.builder.Phone)
	v.do(v.wide(360), v.open("/kk/cases/"+v.ref), becomes("it is granted", `document.querySelector('.panel--good')`), fits)
	var receipts []string
	for i, path := range strings.Fields(v.said(`[...document.querySelectorAll('.timeline a')].map(a => a.getAttribute('href')).join(' ')`)) {
		receipts = append(receipts, v.file(fmt.Sprint(i, ".json"), []byte(v.said(`fetch('`+path+`/file').then(r => r.text())`))))
	}
	if len(receipts) < 8 {
		v.Errorf("%d receipts only", len(receipts))
	}
	args := append([]string{"verify", "--key", filepath.Join(v.dir, "verifier.key"), "--policy", filepath.Join(v.dir, "policy"), "--trust", filepath.Join(v.dir, "trust")}, receipts...)
	var said bytes.Buffer
	if code := run(v.Context(), args, &said, &said); code != held {
		v.Errorf("verify: exit code %d: %s", code, said.String())
	}
	v.do(press(`.files a`), press(`main form .button`), becomes("the photograph is shown", `document.querySelector('img.photo')?.naturalWidth === 700`), fits)
	info, err := media.Inspect(bytes.NewReader(v.photo), int64(len(v.photo)), media.Limits{Bytes: 8 << 20, Types: media.Types})
	if err != nil {
		v.Fatal(err)
	}
	var shown bytes.Buffer
	if err := media.Strip(&shown, bytes.NewReader(v.photo), info); err != nil {
		v.Fatal(err)
	}
	got := v.said(`fetch(document.querySelector('img.photo').src).then(r => r.arrayBuffer()).then(b => crypto.subtle.digest('SHA-256', b)).then(d => 'sha256:' + [...new Uint8Array(d)].map(n => n.toString(16).padStart(2, '0')).join(''))`)
	if got != fingerprint(shown.Bytes()) {
		v.Errorf("read back as %s, not %s", got, fingerprint(shown.Bytes()))
	}
}
