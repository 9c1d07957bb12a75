package web

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"aiqyn/casework"
)

// photograph is a file of the fake that its officer may see now, scan one that they say
// first what for.
const (
	photograph = "sha256:abababababababababababababababababababababababababababababababab"
	scan       = "sha256:cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
)

// moreJourneys are of what needs more than a form: queues, times, lots, money, keys,
// signatures, files, and acting for others.
var moreJourneys = []journey{
	{"a place in a kindergarten", "applicant", []step{
		open("/places/education.kindergarten"), source(), press("main a.button"), at("/apply/education.kindergarten"), press("main a.button"), oneQuestion(), press(goOn), mistaken(), rest(),
		at("/apply/education.kindergarten/check"), sendTwice(), sent[casework.File](1),
		open("/cases/AQ-QUEU-0001"), press("main a[href$='/queue']"), see("main table"), open("/cases/AQ-QUEU-0001"), press("main a[href$='/elsewhere']"), see("tbody tr"),
		open("/cases/AQ-QUEU-0002"), see(".clock h2"), press("main a.button[href$='/step']"), touch("main .govuk-radios__item:first-child label"), press(goOn), at("/cases/AQ-QUEU-0002"), sent[casework.Perform](1),
		open("/cases/AQ-QUEU-0001/transfer"), chooses("#first", 1), press(goOn), sent[casework.TransferQueue](1),
	}},
	{"a time at a doctor’s", "applicant", []step{
		open("/apply/health.specialist/questions/hours"), oneQuestion(), press(goOn), mistaken(), touch("main .govuk-radios__item:first-child label"), press(goOn),
		open("/cases/AQ-SLOT-0001"), press("form:has([value=ticket]) .button"), sent[casework.TakeTicket](1),
		open("/cases/AQ-SLOT-0002"), touch("details:has([value=rebook]) summary"), press("form:has([value=rebook]) .button"), sent[casework.Rebook](1),
		open("/cases/AQ-SLOT-0002/step"), touch("main .govuk-radios__item:first-child label"), press(goOn), sent[casework.Perform](1),
	}},
	{"bid for a plot", "applicant", []step{
		open("/lots"), source(), open("/lots/lot-open"), see("main a.button"), open("/cases/AQ-BIDS-0001"), press("main a[href$='/bid']"), at("/cases/AQ-BIDS-0001/bid"),
		touch("details summary"), enter("#seal", strings.Repeat("ab", 32)), press("details form .button"), sent[casework.SealBid](1),
		open("/cases/AQ-BIDS-0003/bid"), press(goOn), mistaken(),
	}},
	{"pay the official price", "applicant", []step{
		open("/cases/AQ-OWES-0001"), press("main a[href$='/pay']"), at("/cases/AQ-OWES-0001/pay"), press(goOn), sent[casework.PayFee](1),
		open("/cases/AQ-OWES-0001/paid"), at("/cases/AQ-OWES-0001"), open("/cases/AQ-PAID-0001"), see(".timeline a[href*='/receipts/']"),
	}},
	{"sign electronically with a file", "applicant", []step{
		open("/apply/address.certificate"), press("main a.button"), rest(), at("/apply/address.certificate/check"), press("main .button[name=sign]"),
		see("pre.copybox", "#cms"), scripted(see("[data-ncalayer] .button")), found("cms"), signs("CMS"), see(".govuk-error-summary a"), found(""), signs("CMS"), at("/cases/AQ-OPEN-0001/filed"), sent[casework.File](1),
	}},
	{"sign with a passkey, and keep them", "applicant", []step{
		open("/sign-in"), see("#phone"), open("/account"), press("main a[href$='/passkeys/new']"), see("#name"),
		open("/account"), press("[action$='/passkeys/remove'] .button"), at("/account"), sent[string](1),
	}},
	{"come in through the state’s identity provider", "", []step{
		open("/sign-in?next=" + "%2Faccount"), press("main a[href*='/sign-in/oidc']"), open("/account"), at("/account"), see("[action$='/sessions/end'] .button"),
	}},
	{"take up a mandate, and act under it", "applicant", []step{
		open("/account/mandates"), press("[action$='/mandates/accept'] .button"), sent[casework.AcceptMandate](1),
		open("/account/mandates"), press("[action$='/account/acting'] .button[name=for]"), open("/cases"), see("tbody tr"),
	}},
	{"a file of a case", "surveyor", []step{
		open("/desk/AQ-OPEN-0001/files/" + photograph), see("img.photo"), open("/desk/AQ-OPEN-0001/files/" + scan), see("main .govuk-radios"), touch("main .govuk-radios__item:first-child label"), lets[casework.ReadFile](goOn),
		open("/desk/AQ-OPEN-0001"), see("#evidence-photo"),
	}},
	{"consent in person, by two", "reader", []step{
		open("/facts"), press("main form .button"), mistaken(), enter("#to", "900101300017"), touch("label[for=do-3]"), press("main form .button"), see("#document"),
		press("main form .button"), mistaken(), touch("label[for=document]"), press("main form .button"), see("[role=status]"),
		press("[value=second]"), see("[role=status]"), sent[string](1),
		open("/facts"), enter("#to", "900101300017"), touch("label[for=do-2]"), press("main form .button"), see("pre.copybox", "#cms"), signs("CMS"), see("[role=status]"), sent[casework.Consenting](1),
	}},
	{"what was shown to whom", "applicant", []step{open("/account/readings"), press("main a[href$='/account/looks']"), see("tbody tr"), openDataOff()}},
}

// source is checkable 20 beside what is public: where it is from, when, how, its limits,
// and the files.
func source() step {
	return all(see("section[aria-labelledby=source]", "a[href*='.csv']", "a[href*='.xlsx']"),
		holds("20: time, method and limits are said", `[...document.querySelectorAll('section[aria-labelledby=source] p')].filter(p => p.textContent.trim().length > 10).length >= 2`))
}

// openDataOff holds that what is one person's is in no file for all.
func openDataOff() step {
	return holds("there is no file of it", `!document.querySelector("main a[href*='.csv']")`)
}

// chooses takes an option of a list.
func chooses(selector string, n int) step {
	return func(w *walk) error {
		return chromedp.Do(w.ctx, chromedp.Evaluate[chromedp.Void](`document.querySelector("`+selector+`").selectedIndex = `+string(rune('0'+n))))
	}
}

// signs hands a signature in as a file.
func signs(text string) step {
	return func(w *walk) error {
		dir, err := os.MkdirTemp("", "aiqyn-signs")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		file := filepath.Join(dir, "document.cms")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return err
		}
		return all(func(w *walk) error {
			return chromedp.Do(w.ctx, chromedp.SetUploadFiles(chromedp.CSS("#cms"), []string{file}))
		}, press(".button[value=upload]"))(w)
	}
}

// lets presses what leads to a file, which is no page, and waits for the command.
func lets[C any](selector string) step {
	return func(w *walk) error {
		err := touch(selector)(w)
		for range 200 {
			if err == nil {
				err = sent[C](1)(w)
			}
			if err == nil {
				return nil
			}
			time.Sleep(50 * time.Millisecond)
			err = nil
		}
		return sent[C](1)(w)
	}
}
