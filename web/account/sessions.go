package account

import (
	"cmp"

	"aiqyn/access"
	"aiqyn/locale"
	"aiqyn/notify"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type sessionRow struct {
	Handle, Device, Where, Begun, Used, Known string
	Current                                   bool
}

type accountPage struct {
	ui.Layout
	Person   []ui.Row
	Sessions []sessionRow
	Others   bool
	Passkeys []passkeyRow
	Keys     bool // passkeys are taken
	Programs bool // a program may be told of one's cases
	Command  string
	Mandates bool // they may act for others, or have others act for them
	Readings bool // they may read who looked at the data
}

type passkeyRow struct{ Handle, Name, Made, Used string }

// Account shows what belongs to an account: who, and where it is signed in.
func Account(v *visit.Visit) error {
	sessions, err := v.Engine.Sessions(v.Context(), v.Token())
	if err != nil {
		return err
	}
	page := &accountPage{Layout: v.Layout("web.account.title"), Others: len(sessions) > 1}
	page.Section, page.Programs = "account", v.May(access.ActionWebhook)
	page.Mandates, page.Readings = v.May(access.ActionActFor), v.May(access.ActionReadings)
	page.Person = []ui.Row{{Key: v.T("web.account.name"), Value: v.Who.Name}}
	if v.Who.Phone != "" {
		page.Person = append(page.Person, ui.Row{Key: v.T("web.account.number"), Value: masked(v.Who.Phone), Note: v.T("web.account.number-note")})
	}
	contact, err := v.Engine.Contact(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	told := ui.Row{Key: v.T("web.contact.title"), Value: v.T("notify.channel." + string(cmp.Or(contact.Channel, notify.SMS))), Change: v.Href("account", "contact")}
	if contact.Channel == notify.Email {
		told.Note = contact.Email
	}
	page.Person = append(page.Person, told)
	if err := page.passkeys(v); err != nil {
		return err
	}
	for _, s := range sessions {
		row := sessionRow{
			Handle: s.Handle, Device: device(v, s.Agent), Where: s.Address, Current: s.Current, Known: v.T("web.known." + string(s.Known)),
			Begun: locale.DateTime(v.Lang, s.Begun), Used: locale.DateTime(v.Lang, s.Used),
		}
		page.Sessions = append(page.Sessions, row)
	}
	return v.Page("account/account", page)
}

// passkeys shows what else opens the account.
func (page *accountPage) passkeys(v *visit.Visit) error {
	if page.Keys = v.Engine.HasPasskeys(); !page.Keys {
		return nil
	}
	list, err := v.Engine.Passkeys(v.Context(), v.Token())
	page.Command = v.NewCommand()
	for _, k := range list {
		row := passkeyRow{Handle: k.Handle, Name: k.Name, Made: v.T("web.passkey.made", "at", locale.DateTime(v.Lang, k.Made)), Used: v.T("web.passkey.unused")}
		if !k.Used.IsZero() {
			row.Used = v.T("web.passkey.used", "at", locale.DateTime(v.Lang, k.Used))
		}
		page.Passkeys = append(page.Passkeys, row)
	}
	return err
}

// EndSession ends one session, or with none named all but this one.
func EndSession(v *visit.Visit) error {
	if err := v.Engine.EndSession(v.Context(), v.Token(), v.Field("session")); err != nil {
		return err
	}
	return v.Go("account")
}

func masked(phone string) string { return access.Mask(access.Phone, phone) }
