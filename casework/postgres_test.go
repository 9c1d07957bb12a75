package casework

import (
	"os"
	"testing"

	"aiqyn/store"
	"aiqyn/store/cluster"
)

// TestOnPostgreSQL: what must never be false is as true on the second engine.
func TestOnPostgreSQL(t *testing.T) {
	t.Parallel()
	migrated = cluster.Database(t)
	db, err := store.Open(t.Context(), migrated, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	for _, point := range onBoth() {
		t.Run(point.name, func(t *testing.T) {
			t.Parallel()
			point.test(t)
		})
	}
}

// onBoth are the tests of a whole engine that run on the second one too: at once what its
// transactions decide, and the rest by make soak.
func onBoth() []both {
	list := []both{
		{"point 1", TestPoint01Command},
		{"point 2", TestPoint02DecideInLogOrder},
		{"point 3", TestPoint03WriteOnce},
		{"point 4", TestPoint04Receipt},
		{"point 5", TestPoint05RulingsArePinned},
		{"point 6, nobody sees who applied", testSealedBeforeDraw},
		{"point 6, filing again", testKeptDraw},
		{"point 6, a late beacon", testLateBeacon},
		{"point 7", TestPoint07TimeHasTwoFaces},
		{"point 8", TestPoint08Refusing},
		{"point 9", TestPoint09NothingIsEdited},
		{"point 10", TestPoint10PeopleVanishProofStays},
		{"point 11", TestPoint11Keys},
		{"point 12, on a database that is being written", testAuditUnderLoad},
		{"a mandate from giving to ending", TestAMandateFromGivingToEnding},
		{"a mandate that ends in the same batch", TestAMandateThatEndsInTheSameBatch},
		{"mandates are made again", TestMandatesAreMadeAgain},
		{"what is connected counts once", TestAConnectionCountsOnce},
		{"what nobody knows is measured in time", TestWhatNobodyKnowsIsMeasuredInTime},
		{"a substation's own meter counts", TestASubstationsOwnMeterCounts},
		{"a withdrawal takes two meters and two people", TestAReductionTakesTwoMetersAndTwoPeople},
		{"figures where a case is gone", TestTheAuditOfFiguresWhereACaseIsGone},
		{"silence ends nothing", TestSilenceDoesNotEndWhatWasPublished},
		{"corrections as sent", TestTheAuditOfCorrectionsAsSent},
		{"what draws rest on", TestTheAuditOfWhatDrawsRestOn},
		{"a class that comes meanwhile", TestAClassThatComesMeanwhile},
		{"what excuses no lie", TestWhatDoesNotExcuseALie},
		{"an owner agrees to another", TestTheOwnerAgreesToAnother},
		{"meters are registered", TestMetersAreRegistered},
		{"a second source beyond the five", TestASecondSourceBeyondTheFive},
		{"a second source that nobody knows", TestASecondSourceThatNobodyKnows},
		{"what a refusal rests on", TestARefusalShowsWhatItRestsOn},
		{"oddities are named", TestOdditiesAreNamed},
		{"the wish is the applicant's", TestTheWishIsTheApplicants},
		{"buses that are lost", TestBusesThatAreLost},
		{"an update before anything is published", TestAnUpdateBeforeAnythingIsPublished},
		{"a forged register of meters", TestTamperedMeters},
		{"less in the history", TestHistoryOfLess},
		{"tables take two", TestTablesTakeTwo},
		{"a lost transformer stays in force", TestALostTransformerStaysInForce},
		{"an act between a refusal and a grant", TestAnActBetweenARefusalAndAGrant},
		{"logs from before acts", TestLogsFromBeforeActs},
		{"forged acts of tables", TestForgedTablesActs},
		{"tables by one", TestTablesByOne},
		{"a queue stands as its events say", TestAQueueStandsAsItsEventsSay},
		{"own moves in a history", TestOwnMovesInAHistory},
		{"kept seats, brothers and sisters", TestKeptSeatsAndSiblings},
		{"a former queue keeps its dates", TestAFormerQueueKeepsItsDates},
		{"a former queue takes two", TestAFormerQueueTakesTwo},
		{"every way past others", TestEveryWayPastOthers},
		{"tickets pass over", TestTicketsPassOver},
		{"slots stand as their events say", TestSlotsStandAsTheirEventsSay},
		{"a round goes on where it stopped", TestARoundGoesOnWhereItStopped},
		{"days without a round are named", TestDaysWithoutARoundAreNamed},
		{"moves of a line by pages", TestMovesOfALineByPages},
		{"who is enrolled keeps their place", TestWhoIsEnrolledKeepsTheirPlace},
		{"a transfer keeps the date", TestATransferKeepsTheDate},
		{"what a register had not said", TestWhatARegisterHadNotSaid},
		{"ghosts beside erased cases", TestGhostsBesideErasedCases},
		{"days beside erased cases", TestDaysBesideErasedCases},
		{"erased bids are held", TestErasedBidsAreHeld},
		{"no second plot", TestNoSecondPlot},
		{"many days of a queue", TestManyDaysOfAQueue},
		{"random lives of a queue", TestRandomLivesOfAQueue},
		{"reminders of a queue", TestRemindersOfAQueue},
		{"a line that was begun before", TestALineThatWasBegunBefore},
		{"a contract is annulled", TestAContractIsAnnulled},
		{"no second plot by waiting", TestNoSecondPlotByWaiting},
		{"elsewhere", TestElsewhere},
		{"WithinCountsForAll", TestWithinCountsForAll},
		{"places are paged", TestPlacesArePaged},
		{"a forecast", TestAForecast},
		{"an offer is answered by SMS", TestAnOfferIsAnsweredBySMS},
		{"rounds are held in the morning", TestRoundsAreHeldInTheMorning},
		{"a round waits for its beacon", TestARoundWaitsForItsBeacon},
		{"inversions have a cause", TestInversionsHaveACause},
		{"a place out of turn", TestAPlaceOutOfTurn},
		{"one bid each", TestOneBidEach},
		{"a lot stands as its events say", TestALotStandsAsItsEventsSay},
		{"the price of a lot is paid, and the plot given", TestThePriceIsPaidAndThePlotGiven},
		{"the price of a lot is not paid", TestThePriceIsNotPaid},
		{"a lot goes on where it stopped", TestALotGoesOnWhereItStopped},
		{"one application opens three", TestOneApplicationOpensThree},
		{"all owners are asked", TestAllOwnersAreAsked},
		{"the whole road is counted", TestTheWholeRoadIsCounted},
		{"a correction is declined", TestACorrectionIsDeclined},
		{"the state at every position", TestTheStateAtEveryPosition},
		{"what follows from the log is made again", TestRebuildMends},
		{"whoever is named reads of it", TestAStrangersParcelTellsNothingOfItsOwner},
		{"a hidden reading is found", TestAHiddenReadingIsFound},
		{"two clerks take a consent", TestConsentInPerson},
		{"a card signs a consent", TestConsentByCard},
		{"every look is counted", TestEveryLookIsCounted},
		{"two processes, one job", TestTwoProcessesOneJob},
		{"two hand letters on", TestTwoPost},
		{"a letter is handed on once", TestALetterIsHandedOnOnce},
		{"one code opens one session", TestOneCodeOpensOneSession},
		{"codes are sent once", TestCodesAreSentOnce},
		{"paid twice", TestPaidTwice},
		{"a fact is read once", TestReadFactOnce},
		{"a rebuild has the log to itself", TestRebuildWantsTheLogToItself},
	}
	if os.Getenv("AIQYN_SOAK") != "" {
		list = append(list, byMakeSoak...)
	}
	return list
}

type both struct {
	name string
	test func(*testing.T)
}

var byMakeSoak = []both{
	{"TablesAreRead", TestTablesAreRead},
	{"TablesWhereSomethingIsClassified", TestTablesWhereSomethingIsClassified},
	{"TablesThatNobodyNames", TestTablesThatNobodyNames},
	{"ComputedOnOtherTables", TestComputedOnOtherTables},
	{"PublishedOnOtherTables", TestPublishedOnOtherTables},
	{"TablesThatAreGone", TestTablesThatAreGone},
	{"DaysThatWereMissed", TestDaysThatWereMissed},
	{"ALongAbsence", TestALongAbsence},
	{"KilledBetweenRunAndMark", TestKilledBetweenRunAndMark},
	{"AJobThatFails", TestAJobThatFails},
	{"Reminders", TestReminders},
	{"ReceiptBeforeItsLetter", TestReceiptBeforeItsLetter},
	{"ALetterThatFails", TestALetterThatFails},
	{"ALetterWithoutALine", TestALetterWithoutALine},
	{"DiedWithALetterInHand", TestDiedWithALetterInHand},
	{"ALetterGivenUpTellsTheLogNothing", TestALetterGivenUpTellsTheLogNothing},
	{"SignInOnce", TestSignInOnce},
	{"ACodeIsTheBrowsersThatAsked", TestACodeIsTheBrowsersThatAsked},
	{"CodesRunOut", TestCodesRunOut},
	{"Guessing", TestGuessing},
	{"WhoIsKnown", TestWhoIsKnown},
	{"MalformedTokens", TestMalformedTokens},
	{"SessionsEnd", TestSessionsEnd},
	{"NobodyEndsAnothersSession", TestNobodyEndsAnothersSession},
	{"TheTokenChanges", TestTheTokenChanges},
	{"ProofsAreTheSessionsOwn", TestProofsAreTheSessionsOwn},
	{"ANumberGivenToAnother", TestANumberGivenToAnother},
	{"NobodyIsAnOfficerByThemselves", TestNobodyIsAnOfficerByThemselves},
	{"ConsentBySMS", TestConsentBySMS},
	{"ConsentAtACounter", TestConsentAtACounter},
	{"AskingTellsNobody", TestAskingTellsNobody},
	{"AnOwnerAnswersByCard", TestAnOwnerAnswersByCard},
	{"AnUnpaidCaseIsTheApplicantsAlone", TestAnUnpaidCaseIsTheApplicantsAlone},
	{"NoticesComeAnyHow", TestNoticesComeAnyHow},
	{"WhoPaysInTimeKeepsTheirCase", TestWhoPaysInTimeKeepsTheirCase},
	{"TheJobAsks", TestTheJobAsks},
	{"ComingBackAsksAtOnce", TestComingBackAsksAtOnce},
	{"OneOrderKeepsNoOther", TestOneOrderKeepsNoOther},
	{"AnAnswerThatIsNoNews", TestAnAnswerThatIsNoNews},
	{"AnOrderThatIsGone", TestAnOrderThatIsGone},
	{"AnotherPaymentOfOneOrderIsLogged", TestAnotherPaymentOfOneOrderIsLogged},
	{"AnOrderThatTheBankHasForgotten", TestAnOrderThatTheBankHasForgotten},
	{"ASurveyLeavesItsPhotographs", TestASurveyLeavesItsPhotographs},
	{"WhoMayUpload", TestWhoMayUpload},
	{"AnUploadInParts", TestAnUploadInParts},
	{"TheSamePhotographInTwoCases", TestTheSamePhotographInTwoCases},
	{"AppealIsDecidedBySomebodyElse", TestAppealIsDecidedBySomebodyElse},
	{"AppealReadsTheRegistersAgain", TestAppealReadsTheRegistersAgain},
	{"AppealSendsBackToSomebodyElse", TestAppealSendsBackToSomebodyElse},
	{"CorrectionOfAFact", TestCorrectionOfAFact},
	{"WhoAsksForACorrection", TestWhoAsksForACorrection},
	{"AProgramIsTold", TestAProgramIsTold},
	{"AProgramThatIsGone", TestAProgramThatIsGone},
	{"AProgramIsToldTwice", TestAProgramIsToldTwice},
	{"AProgramIsToldOfDecisionsOnly", TestAProgramIsToldOfDecisionsOnly},
	{"ReleaseStory", TestReleaseStory},
	{"TheLogRefusesAReleaseThatReveals", TestTheLogRefusesAReleaseThatReveals},
	{"OfficersSeePeopleCovered", TestOfficersSeePeopleCovered},
	{"ReadingsAreOnesOwn", TestReadingsAreOnesOwn},
	{"BreakingTheGlass", TestBreakingTheGlass},
	{"NothingIsShownUncounted", TestNothingIsShownUncounted},
	{"APersonIsVouchedFor", TestAPersonIsVouchedFor},
	{"SomebodysNumberStaysTheirs", TestSomebodysNumberStaysTheirs},
	{"APersonSignsInByPasskey", TestAPersonSignsInByPasskey},
	{"PasskeysThatAreRefused", TestPasskeysThatAreRefused},
	{"APlantedPasskeyIsFound", TestAPlantedPasskeyIsFound},
	{"CodesDoNotWait", TestCodesDoNotWait},
	{"APersonChooses", TestAPersonChooses},
	{"RemindersOfAQueue", TestRemindersOfAQueue},
	{"HoldEndsByItselfAndMovesTheDate", TestHoldEndsByItselfAndMovesTheDate},
	{"HoldOverASuspension", TestHoldOverASuspension},
	{"SignedFromFilingToRuling", TestSignedFromFilingToRuling},
	{"SignaturesThatAreRefused", TestSignaturesThatAreRefused},
	{"ASignatureIsOfItsMoment", TestASignatureIsOfItsMoment},
	{"WhoIsNamedReadsOfOfficersToo", TestWhoIsNamedReadsOfOfficersToo},
	{"MandatesThatAreRefused", TestMandatesThatAreRefused},
	{"NobodyLearnsWhoThereIs", TestNobodyLearnsWhoThereIs},
	{"AMandateRunsOut", TestAMandateRunsOut},
	{"Imported", TestImported},
	{"ImportsThatAreWrong", TestImportsThatAreWrong},
	{"Stories", TestStories},
}
