package web

import (
	"context"
	"fmt"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
)

// The people of the fake's world, by session token.
var accounts = map[string]casework.Account{
	"ready":       {Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: "900101300199"}, Name: "Ерлан С.", Phone: "+77010000041", Lang: aiqyn.Kazakh},
	"applicant":   {Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: "900101300017"}, Name: "Айгүл С.", Phone: "+77010000001", Lang: aiqyn.Kazakh},
	"surveyor":    {Actor: aiqyn.Actor{Role: aiqyn.RoleSurveyor, Officer: "surveyor-01", Body: "utility"}, Name: "Бекзат О.", Phone: "+77010000002"},
	"engineer":    {Actor: aiqyn.Actor{Role: aiqyn.RoleEngineer, Officer: "engineer-01", Body: "utility"}, Name: "Ерлан Қ.", Phone: "+77010000003"},
	"head":        {Actor: aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}, Name: "Гүлнар Ә.", Phone: "+77010000004"},
	"publisher":   {Actor: aiqyn.Actor{Role: aiqyn.RolePublisher, Officer: "publisher-01"}, Name: "Публикатор", Phone: "+77010000009"},
	"registrar":   {Actor: aiqyn.Actor{Role: aiqyn.RoleRegistrar, Officer: "registrar-01"}, Name: "Тіркеуші", Phone: "+77010000010"},
	"institution": {Actor: aiqyn.Actor{Role: aiqyn.RoleInstitution, Officer: "keeper-kg-1", Body: "kg-1"}, Name: "Балабақша меңгерушісі", Phone: "+77010000037"},
	"reader":      {Actor: aiqyn.Actor{Role: aiqyn.RoleReader, Officer: "reader-01", Body: "akimat-astana"}, Name: "Әкімдік қызметкері", Phone: "+77010000039"},
	"surgery":     {Actor: aiqyn.Actor{Role: aiqyn.RoleInstitution, Officer: "keeper-pol-1", Body: "pol-1"}, Name: "Емхана тіркеушісі", Phone: "+77010000038"},
	"secrecy":     {Actor: aiqyn.Actor{Role: aiqyn.RoleSecrecy, Officer: "secrecy-01"}, Name: "Құпия қызметкері", Phone: "+77010000019"},
	"custodian":   {Actor: aiqyn.Actor{Role: aiqyn.RoleCustodian, Officer: "custodian-01"}, Name: "Сақтаушы", Phone: "+77010000011"},
	"over":        {Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: "900101300033"}, Name: "Айдар Н.", Phone: "+77010000012", Lang: aiqyn.Kazakh},
	"appeals":     {Actor: aiqyn.Actor{Role: aiqyn.RoleAppeals, Officer: "appeals-01", Body: "appeals-council"}, Name: "Сәуле Т.", Phone: "+77010000008"},
	"auditor":     {Actor: aiqyn.Actor{Role: aiqyn.RoleAuditor, Officer: "auditor-01"}, Name: "Аудитор", Phone: "+77010000005"},
	"overseer":    {Actor: aiqyn.Actor{Role: aiqyn.RoleOverseer, Officer: "overseer-01"}, Name: "Бақылаушы", Phone: "+77010000006"},
	"operator":    {Actor: aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: "operator-01"}, Name: "Оператор", Phone: "+77010000007"},
}

func (f *fake) SendCode(context.Context, string, aiqyn.Lang) (string, error) { return "attempt", nil }

// session is how the people of the fake's world are signed in: proven a moment
// ago, but for the one whose token says otherwise.
func session(token string) (casework.Session, bool) {
	name, stale := strings.CutSuffix(token, "-unproven")
	name, mandated := strings.CutSuffix(name, "-mandated")
	name, heads := strings.CutSuffix(name, "-heads")
	account, ok := accounts[strings.TrimSuffix(name, "-keyed")]
	s := casework.Session{Account: account, Handle: name, Agent: "Mozilla/5.0 (Linux; Android 14) Chrome/131.0", Address: "203.0.113.7",
		Begun: now.Add(-time.Hour), Used: now, Known: aiqyn.ByCode}
	switch {
	case mandated:
		s.Acting, s.ForName = access.MandateOf(40), "Сейітова Дана"
		s.Actor.For, s.Actor.Mandate = "900101300025", s.Acting
	case heads:
		s.Acting, s.ForName = "business/251340000013", "«Жарық» ЖШС"
		s.Actor.For, s.Actor.Mandate = "251340000013", "business/7"
	case name == "over":
		s.NotFor = true
	}
	if !stale {
		s.Proven, s.ProvenBy = now.Add(-time.Minute), aiqyn.ByCode
	}
	return s, ok
}

func (f *fake) SignIn(_ context.Context, _, phone, code string, _ casework.Client) (string, casework.Session, error) {
	for token, account := range accounts {
		if account.Phone == phone && code == "123456" {
			s, _ := session(token)
			return token, s, nil
		}
	}
	return "", casework.Session{}, aiqyn.E(aiqyn.Invalid, "error.answer-type").On("code")
}

func (f *fake) Session(_ context.Context, token string) (casework.Session, error) {
	s, ok := session(token)
	if !ok {
		return s, aiqyn.E(aiqyn.Unauthenticated, "error.unauthenticated")
	}
	return s, nil
}

func (f *fake) Sessions(_ context.Context, token string) ([]casework.Session, error) {
	s, _ := session(token)
	s.Current = true
	other := s
	other.Current, other.Handle, other.Agent = false, "other", "curl/8"
	return []casework.Session{s, other}, f.down
}

func (f *fake) EndSession(_ context.Context, _, handle string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent = append(f.sent, "end "+handle)
	return nil
}

func (f *fake) SendProof(context.Context, string, aiqyn.Lang) (string, error) { return "proof", nil }

func (f *fake) Prove(_ context.Context, token, attempt, code string) (string, casework.Session, error) {
	if attempt != "proof" || code != "123456" {
		return "", casework.Session{}, aiqyn.E(aiqyn.Invalid, "error.code-wrong").On("code")
	}
	token = strings.TrimSuffix(token, "-unproven")
	s, _ := session(token)
	return token, s, nil
}

func (f *fake) Document(_ context.Context, cmd any) ([]byte, error) {
	return fmt.Appendf(nil, "{\n  \"act\": %q\n}\n", fmt.Sprintf("%T", cmd)), f.down
}

func (f *fake) Contact(context.Context, aiqyn.Actor) (casework.Contact, error) {
	return casework.Contact{Channel: "email", Email: "aigul@example.kz", Lang: "kk"}, f.down
}

func (f *fake) SendEmailCode(_ context.Context, _ casework.Account, address string, _ aiqyn.Lang) (string, error) {
	if !strings.Contains(address, "@") {
		return "", aiqyn.E(aiqyn.Invalid, "error.email").On("email")
	}
	return "attempt", nil
}

func (f *fake) SetContact(_ context.Context, _ aiqyn.Actor, c casework.Contact, attempt, code string) error {
	if c.Email != "aigul@example.kz" && c.Channel == "email" && (attempt != "attempt" || code != "123456") {
		return aiqyn.E(aiqyn.Invalid, "error.code-wrong").On("code")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent = append(f.sent, c)
	return nil
}

func (f *fake) Jobs(context.Context, aiqyn.Actor) ([]casework.JobView, error) {
	at := now.Add(-time.Hour)
	return []casework.JobView{
		{Name: "cases", Last: now, Next: now}, {Name: "capacity", Last: at, Next: now.Add(time.Hour), Failures: 3, Failed: at},
		{Name: "releases", Last: at, Next: now, Failing: true, Failures: 1, Failed: at, Error: aiqyn.Unavailable}, {Name: "sweep", Next: now, Running: true},
	}, f.down
}

// letters are one in every state.
func letters() casework.List[casework.Message] {
	at := now.Add(-time.Hour)
	args := map[string]any{"ref": "AQ-OPEN-0001", "object-by": now, "code": "654321"}
	return casework.List[casework.Message]{Next: "7.7", Items: []casework.Message{
		{ID: 1, Key: "message.filed", Args: args, Ref: "AQ-OPEN-0001", At: at, State: "waiting"},
		{ID: 2, Key: "message.notified", Args: args, Ref: "AQ-OPEN-0001", At: at, State: "delivered", Channel: "sms", Sent: at, Ended: at},
		{ID: 3, Key: "message.code", Args: args, At: at, State: "sent", Channel: "sms", Sent: at},
		{ID: 4, Key: "message.granted", Args: args, Ref: "AQ-OPEN-0001", At: at, State: "dead", Channel: "email", Failure: "bad-address", Ended: at, Tries: 3},
	}}
}

func (f *fake) Letters(context.Context, aiqyn.Actor, casework.Page) (casework.List[casework.Message], error) {
	return letters(), f.down
}

func (f *fake) DeadLetters(context.Context, aiqyn.Actor, casework.Page) (casework.List[casework.Message], error) {
	list := letters()
	list.Items = list.Items[3:]
	return list, f.down
}

func (f *fake) Webhook(context.Context, aiqyn.Actor) (casework.Hook, error) {
	return casework.Hook{URL: "https://example.kz/told", Events: casework.HookAll}, f.down
}

func (f *fake) SetWebhook(_ context.Context, _ aiqyn.Actor, hook casework.Hook) (string, error) {
	if hook.URL != "" && !strings.HasPrefix(hook.URL, "https://") {
		return "", aiqyn.E(aiqyn.Invalid, "error.webhook-address").On("url")
	}
	f.sent = append(f.sent, "webhook "+hook.URL)
	return "whsec_c2VjcmV0", f.down
}

func (f *fake) TryWebhook(context.Context, aiqyn.Actor) error {
	f.sent = append(f.sent, "webhook trial")
	return f.down
}

func (f *fake) Told(context.Context, aiqyn.Actor, casework.Page) (casework.List[casework.Message], error) {
	at := letters().Items[0].At
	return casework.List[casework.Message]{Items: []casework.Message{
		{ID: 4, Key: "event.trial", At: at, State: "waiting", Tries: 2, Failure: "refused", Trial: true, Told: "trial"},
		{ID: 3, Key: "message.program", At: at, Ref: "AQ-7K2M9-F3D4X", State: "delivered", Tries: 1, Told: casework.EventGranted, Ended: at},
	}}, f.down
}

func (f *fake) SignOut(context.Context, string) error { return nil }

// Within says what the fake's other processes have counted: nothing, but of whom they
// have refused.
func (f *fake) Within(_ context.Context, kind, key string, _ int, window time.Duration) (time.Duration, error) {
	if f.elsewhere == kind+" "+key {
		return window, nil
	}
	return 0, nil
}
