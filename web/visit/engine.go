package visit

import (
	"context"
	"io"
	"net/url"
	"time"

	"aiqyn"
	"aiqyn/attachment"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/ledger"
	"aiqyn/pay"
	"aiqyn/release"
	"aiqyn/service"
	"aiqyn/tile"
)

// Engine is what pages ask of [casework.Engine], and of nothing else. It is an
// interface so that every page can be shown with cases that are hard to bring
// about; the tests of the whole run the real one.
type Engine interface {
	// Do carries out a command; the same id twice gets the first answer.
	Do(ctx context.Context, cmd any) (casework.Result, error)
	// Document is what an electronic signature under a command must be over.
	Document(ctx context.Context, cmd any) ([]byte, error)
	// Case is a case as the viewer may see it; NotFound if that is not at all.
	Case(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference) (*casework.CaseView, error)
	// KeepsFiles reports whether files themselves are kept, and not only their
	// hashes. The others send them, whole or in parts, and open one that the viewer
	// was let read.
	KeepsFiles() bool
	PutFile(ctx context.Context, f casework.FileFor, from io.Reader) (hash string, err error)
	BeginFile(ctx context.Context, f casework.FileFor, length int64) (attachment.Upload, error)
	FindFile(ctx context.Context, f casework.FileFor, id string) (attachment.Upload, error)
	AppendFile(ctx context.Context, f casework.FileFor, id string, offset int64, from io.Reader, interrupt func()) (at int64, hash string, err error)
	CancelFile(ctx context.Context, f casework.FileFor, id string) error
	OpenFile(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference, hash string) (*casework.OpenedFile, error)
	// Mine lists the cases of whoever asks, or of whom they act for, newest first.
	Mine(ctx context.Context, who aiqyn.Actor, p casework.Page) (casework.List[casework.CaseLine], error)
	// Looks lists what officers were shown of somebody's cases, by day; MachineLooks
	// what the machinery has read of them.
	Looks(ctx context.Context, who aiqyn.Actor, p casework.Page) (casework.List[casework.LookView], error)
	MachineLooks(ctx context.Context, who aiqyn.Actor) ([]casework.LookView, error)
	// MayAsk lists the facts that the asker's body may ask people for. AskConsent asks
	// one by SMS; the code that a person at a counter tells is taken by ConsentHere.
	MayAsk(asker aiqyn.Actor) ([]casework.ConsentView, error)
	AskConsent(ctx context.Context, asker aiqyn.Actor, c casework.Consenting) error
	ConsentHere(ctx context.Context, asker aiqyn.Actor, c casework.Consenting, code string) error
	// WitnessConsent and CountersignConsent are the words of two clerks who have a
	// person's consent; Witnessed lists what waits for the second. ConsentByCard takes
	// the signature that a person at the counter has put under ConsentFiling.
	WitnessConsent(ctx context.Context, by aiqyn.Actor, c casework.Consenting, d casework.PersonDocument) error
	Witnessed(ctx context.Context, viewer aiqyn.Actor) ([]casework.WitnessedView, error)
	CountersignConsent(ctx context.Context, by aiqyn.Actor, id string) (casework.Consenting, error)
	ConsentFiling(asker aiqyn.Actor, c casework.Consenting) (casework.File, error)
	ConsentByCard(ctx context.Context, asker aiqyn.Actor, id aiqyn.CommandID, c casework.Consenting, cms []byte) error
	// Inbox lists an officer's cases by clock, the most urgent first.
	Inbox(ctx context.Context, officer aiqyn.Actor, p casework.Page) (casework.List[casework.CaseLine], error)
	// Receipt is the canonical JSON of the receipt of an entry.
	Receipt(ctx context.Context, viewer aiqyn.Actor, index int64) ([]byte, error)
	ForeignReceipt(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference) ([]byte, error)
	// Evidence is every proof of a case in one archive.
	Evidence(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference) ([]byte, error)
	// RefusalPage is what the last refusal of a case says to be read, as HTML.
	RefusalPage(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference, lang aiqyn.Lang) ([]byte, error)
	// PaperCode is what the printed paper of an entry carries, Paper what anybody
	// sees who holds it.
	PaperCode(ctx context.Context, viewer aiqyn.Actor, index int64) (string, error)
	Paper(ctx context.Context, index int64, code string) (casework.PaperView, error)
	// Entry is what the public sees of an entry.
	Entry(ctx context.Context, index int64) (casework.EntryView, error)
	// Entries lists the log from its newest entry back.
	Entries(ctx context.Context, p casework.Page) (casework.List[casework.EntryLine], error)
	// Check verifies a receipt with the server's own key and policy.
	Check(ctx context.Context, receipt []byte) (ledger.Verdict, error)

	// Transformers lists the published free power, by district and name.
	Transformers(ctx context.Context, viewer aiqyn.Actor, district, name string, p casework.Page) (casework.List[casework.TrafoLine], casework.Publication, error)
	// TransformersOfDay lists all of them as they were published on a day.
	TransformersOfDay(ctx context.Context, viewer aiqyn.Actor, day string, p casework.Page) (casework.List[casework.TrafoLine], casework.Publication, error)
	// Districts are those that transformers stand in; their Russian names choose.
	Districts() []aiqyn.Text
	Transformer(ctx context.Context, viewer aiqyn.Actor, id int) (casework.TrafoLine, casework.Publication, error)
	// PublicGrid is what anybody may see of the network; nobody may change it.
	PublicGrid(ctx context.Context) (*casework.GridView, error)
	// GridFor is what the viewer may see of it.
	GridFor(ctx context.Context, viewer aiqyn.Actor) (*casework.GridView, error)
	// Scorecard is what anybody may hold the utility against.
	Scorecard(ctx context.Context, service aiqyn.ServiceID) (casework.Scorecard, error)
	// Secrecy is what is classified, on what ground, until when.
	Secrecy(ctx context.Context) (casework.SecrecyView, error)
	Reviewers(ctx context.Context, viewer aiqyn.Actor) ([]casework.RosterOfficer, error)
	// ConnectionPoints tells where a load could be connected, before anybody asks
	// for it.
	ConnectionPoints(ctx context.Context, w casework.Wish) (casework.Wished, error)
	ConsideredPoints(ctx context.Context, w casework.Wish, because string, p casework.Page) (casework.ConsideredView, error)
	// AllConsidered is the whole list of it.
	AllConsidered(ctx context.Context, w casework.Wish, because string) ([]casework.ConsideredPoint, error)
	// WishQuestions are those of an application that bear on the answer.
	WishQuestions() []service.Question
	// WishApplication is the service by which what was thought of is applied for, and what
	// it would answer, by question.
	WishApplication(w casework.Wish) (aiqyn.ServiceID, map[string]string)
	// ParcelAt is the parcel that a place in degrees means, ParcelsIn those of a window,
	// the nearest to its middle first, ParcelTile a tile of them. None tells who holds one.
	ParcelAt(ctx context.Context, lon, lat float64) (casework.ParcelSeen, error)
	ParcelsIn(ctx context.Context, w casework.Window) (list []casework.ParcelSeen, more bool, err error)
	ParcelTile(ctx context.Context, a tile.Address) ([]byte, error)
	// Ground is where the network lies; nil where there is none.
	Ground() *casework.Ground
	// CapacityHistory is what was published of one, newest first; PublishedDays lists
	// the publications so, and CapacityChanges what has changed between two.
	CapacityHistory(ctx context.Context, viewer aiqyn.Actor, id int, p casework.Page) (casework.List[casework.TrafoDay], error)
	// AskedBelow is what open applications ask for below a transformer now; nil: not told.
	AskedBelow(ctx context.Context, viewer aiqyn.Actor, trafo int) (*casework.Asked, error)
	// AskedNow is that of every transformer, and as of when; nil: not told. BusesBelow are the
	// buses below one, for who sees exact figures.
	AskedNow(ctx context.Context, viewer aiqyn.Actor) (map[int]casework.Asked, time.Time, error)
	BusesBelow(ctx context.Context, viewer aiqyn.Actor, trafo int, p casework.Page) (casework.List[casework.BusLine], error)
	// BindingDays are the publications of a transformer that bind now, or were withdrawn.
	BindingDays(ctx context.Context, viewer aiqyn.Actor, trafo int) (casework.BindingDays, error)
	FeederHistory(ctx context.Context, viewer aiqyn.Actor, line int, p casework.Page) (casework.List[casework.FeederDay], error)
	PublishedDays(ctx context.Context, p casework.Page) (casework.List[casework.Publication], error)
	// BetweenDays are the publications of two days; without them the newest two.
	BetweenDays(ctx context.Context, first, second string) (from, to casework.Publication, err error)
	CapacityChanges(ctx context.Context, viewer aiqyn.Actor, from, to casework.Publication, p casework.Page) (casework.List[casework.TrafoDifference], error)

	// Peaks is what is on file of a transformer's load, newest first, with the days
	// that are missing. CheckMeasurements tells what would become of a table of such,
	// MeasurementBatch what has; MeasurementBatches lists them, newest first.
	Peaks(ctx context.Context, viewer aiqyn.Actor, trafo int, p casework.Page) (casework.List[casework.PeakDay], error)
	CheckMeasurements(ctx context.Context, viewer aiqyn.Actor, table []byte) (casework.MeasurementsReport, error)
	MeasurementBatch(ctx context.Context, viewer aiqyn.Actor, entry int64) (casework.MeasurementsReport, error)
	MeasurementBatches(ctx context.Context, viewer aiqyn.Actor, p casework.Page) (casework.List[casework.MeasurementsLine], error)
	// Meters are those that were registered at a transformer; CheckMeters tells what would
	// become of a table of such, MeterBatches lists what was, newest first.
	Meters(ctx context.Context, viewer aiqyn.Actor, trafo int, p casework.Page) (casework.List[casework.MeterView], error)
	CheckMeters(ctx context.Context, viewer aiqyn.Actor, table []byte) (casework.MeasurementsReport, error)
	MeterBatches(ctx context.Context, viewer aiqyn.Actor, p casework.Page) (casework.List[casework.MetersLine], error)
	// CheckCorrections tells what would become of a table of corrections, Corrections
	// what an entry has corrected; CorrectionsMade lists those, newest first, and
	// CorrectionsAsked what waits for a second signer. CorrectionReasons is the pack's list.
	CheckCorrections(ctx context.Context, viewer aiqyn.Actor, table []byte) (casework.CorrectionsReport, error)
	Corrections(ctx context.Context, viewer aiqyn.Actor, entry int64) (casework.CorrectionsReport, error)
	CorrectionsMade(ctx context.Context, viewer aiqyn.Actor, p casework.Page) (casework.List[casework.CorrectionsReport], error)
	CorrectionsAsked(ctx context.Context, viewer aiqyn.Actor) ([]casework.CorrectionsReport, error)
	CorrectionReasons() []casework.CorrectionReason

	// Flips are refusals and the grants that contradict them, newest first; how many
	// there are anybody may know.
	Flips(ctx context.Context, viewer aiqyn.Actor, p casework.Page) (casework.List[casework.Flip], error)
	FlipCount(ctx context.Context) (int64, error)
	// TablesHistory are the acts by which the tables came into force that capacity and costs
	// are computed from, newest first, TablesInForce the last of them, TablesAsked those that
	// wait, TablesWait for whom; TablesChange is one with what it has changed.
	TablesHistory(ctx context.Context, p casework.Page) (casework.List[casework.TablesView], error)
	TablesInForce(ctx context.Context) (casework.TablesView, bool, error)
	TablesAsked(ctx context.Context) ([]casework.TablesView, error)
	TablesWait(ctx context.Context, viewer aiqyn.Actor) ([]casework.TablesWaiting, error)
	TablesChange(ctx context.Context, viewer aiqyn.Actor, entry int64, p casework.Page) (casework.TablesDetail, error)
	// Withdrawals are those of what was published as free, newest first, of one
	// transformer or (0) of all; ReductionsAsked those that wait for a second signer.
	Withdrawals(ctx context.Context, viewer aiqyn.Actor, trafo int, p casework.Page) (casework.List[casework.Reduction], error)
	// MeasurementsOwed are the readings that the utility owes and has owed, newest first.
	MeasurementsOwed(ctx context.Context, viewer aiqyn.Actor, p casework.Page) (casework.List[casework.Debt], error)
	ReductionsAsked(ctx context.Context, viewer aiqyn.Actor) ([]casework.Reduction, error)

	// Queues are all that is waited for. Givers are who gives places of a service, Places
	// their groups, with places and who waits; Place and Giver are one of them,
	// PlaceFacets what they can be narrowed by, Brought the former queues that were
	// brought, BroughtWaits those that wait for an overseer. Rounds lists its rounds, the
	// newest first, Round finds that of a day, RoundFile is what strangers run again.
	Queues() []casework.QueueLine
	Givers(svc aiqyn.ServiceID, f casework.PlaceFilter, p casework.Page) casework.List[casework.GiverView]
	GiversOnMap(svc aiqyn.ServiceID, f casework.PlaceFilter) casework.List[casework.GiverView]
	Giver(svc aiqyn.ServiceID, id string) (casework.GiverView, bool)
	Places(svc aiqyn.ServiceID, f casework.PlaceFilter, p casework.Page) casework.List[casework.GroupView]
	Place(svc aiqyn.ServiceID, id string) (casework.GroupView, error)
	PlaceFacets(svc aiqyn.ServiceID) casework.PlaceFacets
	Brought(ctx context.Context, svc aiqyn.ServiceID) ([]casework.BroughtView, error)
	BroughtWaits(ctx context.Context, viewer aiqyn.Actor) ([]casework.BroughtWaiting, error)
	Rounds(svc aiqyn.ServiceID, p casework.Page) (casework.List[casework.RoundView], error)
	// MissedDays are the working days on which it should have held one and did not.
	MissedDays(svc *service.Service) []casework.MissedDays
	Round(svc aiqyn.ServiceID, day string) (casework.RoundView, error)
	RoundFile(ctx context.Context, r casework.RoundView) (file, result []byte, err error)
	// Inversions are who was given a place before somebody with an earlier date, and why;
	// Inverted counts them.
	Inversions(ctx context.Context, svc aiqyn.ServiceID, p casework.Page) (casework.List[casework.InversionView], error)
	Inverted(svc aiqyn.ServiceID) casework.Inverted
	// PositionHistory is what changed the position of a case in a line, newest first;
	// RoundOutcome how it fared in the round of a day.
	PositionHistory(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference, group string, p casework.Page) (casework.List[casework.MoveView], error)
	RoundOutcome(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference, day string) (casework.RoundOutcome, error)
	// Forecast is when its turn in a line may come.
	Forecast(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference, group string) (casework.ForecastView, error)
	// Elsewhere is where it would stand in lines that it does not wait in.
	Elsewhere(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference, f casework.PlaceFilter, p casework.Page) (casework.List[casework.ElsewhereView], error)
	// QueueMoves are the moves of a group's line, newest first.
	QueueMoves(ctx context.Context, svc aiqyn.ServiceID, group string, p casework.Page) (casework.List[casework.MoveView], error)
	// Seated lists who has a place of an institution, or an offer of one.
	Seated(ctx context.Context, viewer aiqyn.Actor, svc aiqyn.ServiceID, p casework.Page) (casework.List[casework.SeatedLine], error)

	// OwnGroups are the groups that an institution may give places of, as its register
	// has them; Bookings are one's own cases that wait for a time or have one, Slots lists the places of one that have a time, DaysWithSlots its days,
	// SlotSeated who comes to an institution on a day.
	OwnGroups(ctx context.Context, viewer aiqyn.Actor) (aiqyn.ServiceID, []casework.GroupView, error)
	Slots(svc aiqyn.ServiceID, group string, from, to deadline.Date, p casework.Page) (casework.List[casework.SlotView], error)
	Bookings(ctx context.Context, who aiqyn.Actor, p casework.Page) (casework.List[casework.BookingView], error)
	DaysWithSlots(svc aiqyn.ServiceID, group string, from deadline.Date) []casework.DaySlots
	SlotSeated(ctx context.Context, viewer aiqyn.Actor, svc aiqyn.ServiceID, on deadline.Date, p casework.Page) (casework.List[casework.SeatedLine], error)

	// Lots lists lots, the newest first, Lot finds one; LotCounts how many bids and
	// objections it has, LotSeals lists its bids, LotFile is what strangers run again.
	// OwnLots are those of the viewer's institution, with the service that sells.
	Lots(ctx context.Context, f casework.LotFilter, p casework.Page) (casework.List[casework.LotView], error)
	Lot(ctx context.Context, id string) (casework.LotView, error)
	LotCounts(ctx context.Context, id string) (casework.LotCounts, error)
	LotSeals(ctx context.Context, id string, p casework.Page) (casework.List[casework.SealView], error)
	LotFile(ctx context.Context, l casework.LotView) (file, result []byte, err error)
	OwnLots(ctx context.Context, viewer aiqyn.Actor, p casework.Page) (*service.Service, casework.List[casework.LotView], error)

	// Head is the state of the log; Tile is one of its public files.
	Head(ctx context.Context) (casework.Head, error)
	Tile(ctx context.Context, path string) ([]byte, error)
	// Figures are what all releases say together, with the newest of them.
	Figures(ctx context.Context) (release.Figures, casework.ReleaseView, error)
	// Releases lists them, newest first.
	Releases(ctx context.Context, p casework.Page) (casework.List[casework.ReleaseView], error)
	// PublishedIndex is the newest signed list of what is published, Published
	// one of the files.
	PublishedIndex(ctx context.Context) (casework.PublishedIndex, error)
	Published(ctx context.Context, path string) ([]byte, error)
	// VerifierHash is the hash of the verifier for browsers as the log announces it.
	VerifierHash(ctx context.Context) (string, error)
	// Pack is the pack in force now.
	Pack() *service.Pack
	// PackVersions are the versions of the rules, the newest first.
	PackVersions(ctx context.Context) ([]casework.PackVersion, error)
	// Demands counts the papers that were demanded though nobody may.
	Demands(ctx context.Context) ([]casework.DemandCount, error)

	// Acts are what a role answers for, newest first; SignedPacks and
	// ReportErasures what waits for a publisher and a custodian, Rosters what a registrar keeps.
	Acts(ctx context.Context, viewer aiqyn.Actor, p casework.Page) (casework.List[casework.ActView], error)
	SignedPacks(ctx context.Context, viewer aiqyn.Actor) ([]casework.PackView, error)
	PackFiles(ctx context.Context, hash string) ([]service.File, error)
	Rosters(ctx context.Context, viewer aiqyn.Actor, keep func(*casework.RosterView) bool, p casework.Page) (casework.List[casework.RosterView], error)
	Roster(ctx context.Context, viewer aiqyn.Actor, role aiqyn.Role, body aiqyn.BodyID) (casework.RosterView, error)
	RosterTotals(ctx context.Context, viewer aiqyn.Actor) (casework.RosterTotals, error)
	ReportErasures(ctx context.Context, viewer aiqyn.Actor) ([]casework.ReportWaiting, error)

	// Readings are who looked at a person's data; GlassesAsked what waits for the
	// second person who lets others look.
	Readings(ctx context.Context, who aiqyn.Actor, p casework.Page) (casework.List[casework.ReadingView], error)
	GlassesAsked(ctx context.Context, viewer aiqyn.Actor) ([]casework.GlassWaiting, error)

	// Draft holds the answers given so far, on whatever device.
	Draft(ctx context.Context, person aiqyn.PersonID, svc aiqyn.ServiceID) (map[string]string, error)
	SaveDraft(ctx context.Context, person aiqyn.PersonID, svc aiqyn.ServiceID, answers map[string]string) error
	DropDraft(ctx context.Context, person aiqyn.PersonID, svc aiqyn.ServiceID) error
	// CheckAnswer tells what is wrong with one answer, an *aiqyn.Error on its field.
	CheckAnswer(svc *service.Service, question, value string, soFar map[string]string) error
	// Fee is the official price, in tiyn.
	Fee(svc *service.Service, answers map[string]string) (int64, error)

	// Pay is the address of the provider's page on which the official price of a
	// case is paid; CheckPayment asks what became of it, for who comes back.
	// SettlePayment takes the provider's signed notice, PaymentPages is the origin
	// of its pages.
	Pay(ctx context.Context, c casework.PayFee) (address string, err error)
	CheckPayment(ctx context.Context, who aiqyn.Actor, ref aiqyn.Reference) error
	SettlePayment(ctx context.Context, s pay.Signed) error
	PaymentPages() string
	PaymentName() string

	// SendCode sends a code for signing in; it is good for the attempt only.
	SendCode(ctx context.Context, phone string, lang aiqyn.Lang) (attempt string, err error)
	SignIn(ctx context.Context, attempt, phone, code string, c casework.Client) (token string, s casework.Session, err error)
	// Session is Unauthenticated when the token is unknown or has ended.
	Session(ctx context.Context, token string) (casework.Session, error)
	// Sessions are those of the token's account; EndSession ends one by its
	// handle, or with none all the others.
	Sessions(ctx context.Context, token string) ([]casework.Session, error)
	EndSession(ctx context.Context, token, handle string) error
	SignOut(ctx context.Context, token string) error
	Within(ctx context.Context, kind, key string, most int, window time.Duration) (wait time.Duration, err error)
	// SendProof sends a code for a second proof, Prove takes it and changes the
	// token.
	SendProof(ctx context.Context, token string, lang aiqyn.Lang) (attempt string, err error)
	Prove(ctx context.Context, token, attempt, code string) (next string, s casework.Session, err error)
	// HasPasskeys reports whether this site takes passkeys. What Ask… returns goes to
	// the browser, and comes back with its answer: once, within ten minutes, in the
	// session that asked. Adding and removing one needs a fresh second proof.
	HasPasskeys() bool
	AskPasskey() (casework.PasskeyAsked, error)
	SignInByPasskey(ctx context.Context, ceremony, answer string, c casework.Client) (token string, s casework.Session, err error)
	Passkeys(ctx context.Context, token string) ([]casework.PasskeyView, error)
	AskNewPasskey(ctx context.Context, token string) (casework.PasskeyAsked, error)
	RegisterPasskey(ctx context.Context, token string, id aiqyn.CommandID, ceremony, answer, name string) error
	DropPasskey(ctx context.Context, token string, id aiqyn.CommandID, handle string) error
	// AskPasskeyProof asks for a second proof; it is empty for who has no passkey.
	AskPasskeyProof(ctx context.Context, token string) (casework.PasskeyAsked, error)
	ProveByPasskey(ctx context.Context, token, ceremony, answer string) (next string, s casework.Session, err error)
	// ActFor has a session act in another's affairs from now on, or with "" in its
	// owner's own; Affairs are those whom they may act for.
	ActFor(ctx context.Context, token string, id aiqyn.CommandID, acting string) (casework.Session, error)
	Affairs(ctx context.Context, who aiqyn.Actor) ([]casework.Affair, error)
	// Mandates are those that somebody has given, or with held was given.
	Mandates(ctx context.Context, who aiqyn.Actor, held bool, p casework.Page) (casework.List[casework.MandateView], error)
	// AccountActs are an account's own record.
	AccountActs(ctx context.Context, who aiqyn.Actor, p casework.Page) (casework.List[casework.AccountActView], error)
	// HasOIDC reports whether an identity provider may vouch for people: the browser is
	// sent to an address and comes back with what it remembers and the answer.
	HasOIDC() bool
	BeginOIDC() (address, remember string, err error)
	SignInByOIDC(ctx context.Context, remembered string, answer url.Values, c casework.Client) (token string, s casework.Session, err error)
	// Contact is how somebody wants to be told; a new address of e-mail is proved
	// by a code before SetContact takes it.
	Contact(ctx context.Context, who aiqyn.Actor) (casework.Contact, error)
	SendEmailCode(ctx context.Context, who casework.Account, address string, lang aiqyn.Lang) (attempt string, err error)
	SetContact(ctx context.Context, who aiqyn.Actor, c casework.Contact, attempt, code string) error
	// Webhook is where a program is told of one's cases; SetWebhook changes it and
	// returns the secret, an empty address ends it.
	Webhook(ctx context.Context, who aiqyn.Actor) (casework.Hook, error)
	SetWebhook(ctx context.Context, who aiqyn.Actor, hook casework.Hook) (secret string, err error)
	// TryWebhook tells it something that is about no case; Told is what it was told.
	TryWebhook(ctx context.Context, who aiqyn.Actor) error
	Told(ctx context.Context, who aiqyn.Actor, p casework.Page) (casework.List[casework.Message], error)
	// Letters are those to a person, DeadLetters those that were given up.
	Letters(ctx context.Context, who aiqyn.Actor, p casework.Page) (casework.List[casework.Message], error)
	// Workload counts what lies open in the body of a head.
	Workload(ctx context.Context, viewer aiqyn.Actor) ([]casework.StepLoad, error)
	DeadLetters(ctx context.Context, viewer aiqyn.Actor, p casework.Page) (casework.List[casework.Message], error)
	// Jobs tells how all that is done by itself stands.
	Jobs(ctx context.Context, viewer aiqyn.Actor) ([]casework.JobView, error)
	// Unreached are other logs that a pack names and that cannot be told here.
	Unreached(ctx context.Context, viewer aiqyn.Actor) ([]casework.UnreachedLog, error)
	// Messages are those sent to a phone; the demonstration shows them.
	Messages(ctx context.Context, phone string, limit int) ([]casework.Message, error)
}
