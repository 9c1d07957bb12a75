package simulate

import "aiqyn"

// part is how a persona is introduced.
type part struct{ title, try aiqyn.Text }

var citizenTexts = map[string]part{
	"mother": {
		aiqyn.Text{KK: "Ана", RU: "Мама", EN: "A mother"},
		aiqyn.Text{
			KK: "Мекенжайыңызды қағазсыз растаңыз: мектепке де, банкке де анықтама апарудың қажеті жоқ. Тіркелгіңіздегі «Сенімхаттар» бетінде балабақша жасындағы балаңыздың атынан әрекет етіп, балабақша кезегіне тұрыңыз.",
			RU: "Подтвердите свой адрес без бумаги: ни школе, ни банку справка больше не нужна. На странице «Доверенности» своего входа выберите ребёнка дошкольного возраста и встаньте в очередь в детский сад.",
			EN: "Confirm your address without paper: neither the school nor the bank needs a certificate. Under My account, Mandates, act for a child of kindergarten age and join the queue for a kindergarten.",
		},
	},
	"builder": {
		aiqyn.Text{KK: "Құрылысшы, қуат бар жерде", RU: "Строитель, рядом есть мощность", EN: "A builder with power nearby"},
		aiqyn.Text{
			KK: "Өз учаскеңізге 150 кВт сұраңыз: бағасы мен ұзындығы көрсетілген қосылу нүктелерін көресіз.",
			RU: "Попросите 150 кВт на свой участок: увидите точки подключения с ценой и длиной линии.",
			EN: "Ask for 150 kW on your parcel: you will see connection points with price and length.",
		},
	},
	"builder-no-margin": {
		aiqyn.Text{KK: "Құрылысшы, желі толған жерде", RU: "Строитель, рядом сеть заполнена", EN: "A builder where the network is full"},
		aiqyn.Text{
			KK: "Дәл сол 150 кВт-ты сұраңыз: жақын жерде бос қуат жоқ, ал бас тарту тек шын себеппен болады.",
			RU: "Попросите те же 150 кВт: рядом мощности нет, а отказать можно только по правдивой причине.",
			EN: "Ask for the same 150 kW: nothing is free nearby, and a refusal needs a reason that is true.",
		},
	},
	"stranger": {
		aiqyn.Text{KK: "Учаскеге құқығы жоқ адам", RU: "Человек без права на участок", EN: "Somebody with no right to the parcel"},
		aiqyn.Text{
			KK: "Бөтен учаскеге қуат сұрап көріңіз: тізілім құқығыңыз жоғын бірден көрсетеді.",
			RU: "Попробуйте попросить мощность на чужой участок: реестр сразу покажет, что права у вас нет.",
			EN: "Try to ask for power on somebody else's parcel: the register shows at once that it is not yours.",
		},
	},
	"entrepreneur": {
		aiqyn.Text{KK: "Кәсіпкер", RU: "Предприниматель", EN: "An entrepreneur"},
		aiqyn.Text{
			KK: "«Менің тіркелгім», «Сенімхаттар» бөлімінде серіктестігіңіздің атынан әрекет етіп, дүкеніне 60 кВт сұраңыз: басшы екеніңізді тізілім біледі. Немесе аукционнан учаске сатып алыңыз: бағаңызды мерзім біткенше ешкім көрмейді.",
			RU: "В разделе «Моя учётная запись», «Доверенности» действуйте от имени своего товарищества и попросите 60 кВт для магазина: что вы руководитель, реестр знает. Или купите участок на аукционе: вашу цену до срока не увидит никто.",
			EN: "Under My account, Mandates, act for your company and ask for 60 kW for its shop: the register knows that you head it. Or bid for a plot at auction: nobody sees your price before its time.",
		},
	},
	"student": {
		aiqyn.Text{KK: "Студент", RU: "Студент", EN: "A student"},
		aiqyn.Text{
			KK: "Мемлекеттік стипендия немесе әскерге шақыруды кейінге қалдыруды сұраңыз: шешімді тізілімдегі деректер бойынша ереже шығарады, қызметкер араласпайды.",
			RU: "Попросите государственную стипендию или отсрочку от призыва: решает правило по данным реестров, сотрудника в этом нет.",
			EN: "Ask for a state scholarship or a deferment of conscription: a rule decides on what registers say, and no officer takes part.",
		},
	},
	"neighbour": {
		aiqyn.Text{KK: "Жеке қосалқы станцияның көршісі", RU: "Сосед частной подстанции", EN: "A neighbour of a private substation"},
		aiqyn.Text{
			KK: "Қуат сұраңыз: ең жақын нүкте – жеке қосалқы станцияда. Одан келісімді сіз емес, жүйе сұрайды, ал ол келіспесе, келесі нүкте таңдалады.",
			RU: "Попросите мощность: лучшая точка – на частной подстанции. Согласие у владельца спросите не вы, а система, и если он откажет, возьмут следующую точку.",
			EN: "Ask for power: the best point is below a private substation. Its owner is asked by the system and not by you, and if they do not agree, the next point counts.",
		},
	},
	"owner": {
		aiqyn.Text{KK: "Қосалқы станцияның иесі", RU: "Владелец подстанции", EN: "An owner of a substation"},
		aiqyn.Text{
			KK: "Сізден сұрап жатыр: «Менің өтініштерім» бетінде жауап беріңіз, келісесіз бе. Қосалқы станцияның екі иесі бар, екеуі де келісуі керек. Кім сұрағанын білмейсіз, ол да сіздің кім екеніңізді білмейді.",
			RU: "Вас уже спрашивают: ответьте на странице «Мои заявления», согласны ли вы. У подстанции два владельца, нужно согласие обоих. Кто просит, вы не узнаете, и он не узнает, кто вы.",
			EN: "You are being asked: answer on My applications whether you agree. The substation has two owners, and both must. You are not told who asks, nor they who you are.",
		},
	},
	"co-owner": {
		aiqyn.Text{KK: "Қосалқы станцияның екінші иесі", RU: "Второй владелец подстанции", EN: "The other owner of the substation"},
		aiqyn.Text{
			KK: "«Менің өтініштерім» бетінде өз жауаптарыңызды көріңіз: бірінші иесінің не айтқанын білмейсіз. Көршіңіз қуат сұраса, сізден де сұралады, ал үндемегеніңіз келісім болып саналмайды.",
			RU: "Посмотрите на странице «Мои заявления», что вы ответили: что сказал первый владелец, вы не знаете. Когда мощность попросит сосед, спросят и вас, и молчание согласием не станет.",
			EN: "See on My applications what you have answered: you are not told what the other owner said. When the neighbour asks for power you are asked as well, and silence is no consent.",
		},
	},
	patient: {
		aiqyn.Text{KK: "Науқас", RU: "Пациент", EN: "A patient"},
		aiqyn.Text{
			KK: "Жүрек дәрігеріне жазылыңыз: жолдама тізілімде тұр. Уақытты таңдауда жылдамдық көмектеспейді, оны күнделікті бөлу кезеңі береді.",
			RU: "Запишитесь к кардиологу: направление уже в реестре. Быстрота не помогает, время даёт ежедневный тур.",
			EN: "Book a cardiologist: your referral is in the register. To be quick gains nothing, the daily round gives the time.",
		},
	},
	"seeker": {
		aiqyn.Text{KK: "Жұмысынан айырылған адам", RU: "Человек, потерявший работу", EN: "Somebody who has lost work"},
		aiqyn.Text{
			KK: "Жұмыс іздеуші ретінде тіркеліңіз: одан кейінгі әлеуметтік төлем туралы іс өзі ашылады. Немесе мемлекеттік ұйымға жұмысқа өтініш беріңіз: балыңызды тізілімдер айтады, әңгімелесу жоқ.",
			RU: "Зарегистрируйтесь как ищущий работу: дело о социальной выплате откроется само. Или подайте заявление на работу в государственной организации: баллы сообщают реестры, собеседования нет.",
			EN: "Register as a job seeker: the case about the payment for the loss of work opens by itself. Or apply for a job in a state organisation: your points come from registers, and there is no interview.",
		},
	},
}

var officerTexts = map[aiqyn.Role]part{
	aiqyn.RoleInstitution: {
		aiqyn.Text{KK: "Балабақша меңгерушісі", RU: "Заведующая детским садом", EN: "The head of a kindergarten"},
		aiqyn.Text{
			KK: "Бос орын туралы хабарлаңыз: оған кім келетінін бөлу кезеңі шешеді, сіз емес.",
			RU: "Сообщите о свободном месте: кто его займёт, решит тур распределения, а не вы.",
			EN: "Report a free place: who gets it is for the round to say, not for you.",
		},
	},
	aiqyn.RoleSurveyor: {
		aiqyn.Text{KK: "Қарап-тексеруші", RU: "Обследователь", EN: "A surveyor"},
		aiqyn.Text{
			KK: "Жеребемен түскен тексеруді орны, уақыты және суретімен жазыңыз.",
			RU: "Запишите обследование, выпавшее вам по жребию: место, время, фотография.",
			EN: "Record a survey that the draw gave you: place, time, photo.",
		},
	},
	aiqyn.RoleEngineer: {
		aiqyn.Text{KK: "Желі инженері", RU: "Инженер сети", EN: "An engineer of the utility"},
		aiqyn.Text{
			KK: "Мерзімі жақын істерден бастаңыз; бос қуат тұрғанда бас тартып көріңіз — жүйе қабылдамайды.",
			RU: "Начните с дел, у которых истекает срок; попробуйте отказать при свободной мощности — система не примет.",
			EN: "Begin with the cases whose clock runs out; try to refuse while power is free: it will not be taken.",
		},
	},
	aiqyn.RoleHead: {
		aiqyn.Text{KK: "Желі мекемесінің басшысы", RU: "Руководитель сетевой компании", EN: "The head of the utility"},
		aiqyn.Text{
			KK: "Мерзімі өтіп, сізге жеткен істерді және шағымдарды қараңыз.",
			RU: "Посмотрите дела, которые дошли до вас из-за пропущенного срока, и жалобы.",
			EN: "Look at the cases that reached you because a deadline was missed, and at appeals.",
		},
	},
	aiqyn.RoleAppeals: {
		aiqyn.Text{KK: "Шағым қараушы", RU: "Рассматривающий жалобы", EN: "An appeals officer"},
		aiqyn.Text{
			KK: "Жеребемен түскен шағым бойынша шешім қабылдаңыз: себебі рас бас тартудың күшін жоя алмайсыз.",
			RU: "Решите по жалобе, выпавшей вам по жребию: отказ с верной причиной отменить не получится.",
			EN: "Decide on an appeal that the draw gave you: a refusal whose reason is true cannot be annulled.",
		},
	},
	aiqyn.RolePublisher: {
		aiqyn.Text{KK: "Жариялаушы", RU: "Публикатор правил", EN: "A publisher of rules"},
		aiqyn.Text{
			KK: "Жаңа ережеге бірінші қолды қойыңыз: екіншісінсіз ол күшіне енбейді.",
			RU: "Поставьте первую подпись под новым правилом: без второй оно не вступит в силу.",
			EN: "Put the first signature under a new rule: without a second it takes no effect.",
		},
	},
	aiqyn.RoleRegistrar: {
		aiqyn.Text{KK: "Тіркеуші", RU: "Регистратор", EN: "A registrar"},
		aiqyn.Text{
			KK: "Жеребеге қатысатын қызметкерлер тізімін өзгертіңіз: өзгеріс журналда қалады.",
			RU: "Измените список тех, кого можно выбрать жребием: изменение останется в журнале.",
			EN: "Change who may be drawn: the change stays in the log.",
		},
	},
	aiqyn.RoleCustodian: {
		aiqyn.Text{KK: "Кілт сақтаушы", RU: "Хранитель ключей", EN: "A custodian of keys"},
		aiqyn.Text{
			KK: "Деректерді өшіру сұрауын растаңыз: оған екі адам керек.",
			RU: "Подтвердите удаление личных данных: для этого нужны двое.",
			EN: "Confirm that personal data be erased: it takes two.",
		},
	},
	aiqyn.RoleAuditor: {
		aiqyn.Text{KK: "Аудитор", RU: "Аудитор", EN: "An auditor"},
		aiqyn.Text{
			KK: "Кез келген шешімді жарияланған ереже бойынша қайта есептеңіз.",
			RU: "Пересчитайте любое решение по опубликованному правилу.",
			EN: "Compute any decision again from the published rule.",
		},
	},
	aiqyn.RoleOverseer: {
		aiqyn.Text{KK: "Сыбайлас жемқорлыққа қарсы қызмет", RU: "Антикоррупционная служба", EN: "An anti-corruption officer"},
		aiqyn.Text{
			KK: "Қабылданбаған бас тартуларды және бүгін мерзімі бітетін істерді көріңіз. Трансформатор көрсеткішінің түзетуі қолыңызды күтіп тұр: қол қойыңыз немесе негізін айтып, қабылдамаңыз.",
			RU: "Посмотрите отклонённые отказы и дела, срок которых истекает сегодня. Исправление показания трансформатора ждёт вашей подписи: подпишите или отклоните с основанием.",
			EN: "See refusals that were turned down and cases that run out today. A correction of a transformer's reading waits for your signature: sign it, or decline it with a ground.",
		},
	},
	aiqyn.RoleSecrecy: {
		aiqyn.Text{KK: "Құпия қызметкері", RU: "Сотрудник по секретам", EN: "A secrecy officer"},
		aiqyn.Text{
			KK: "Желі дерегін жабуға тырысып көріңіз: негіз, мерзім және екінші қол керек.",
			RU: "Попробуйте закрыть данные сети: нужны основание, срок и вторая подпись.",
			EN: "Try to hide data of the network: it takes a ground, a term and a second signature.",
		},
	},
	aiqyn.RoleOperator: {
		aiqyn.Text{KK: "ХҚКО операторы", RU: "Оператор ЦОНа", EN: "An operator at a service centre"},
		aiqyn.Text{
			KK: "Келген адамға өтініш беруге көмектесіңіз: деректері жасырын күйінде қалады.",
			RU: "Помогите посетителю подать заявление: его данные останутся скрытыми.",
			EN: "Help a visitor apply: their data stay masked.",
		},
	},
	aiqyn.RoleReader: {
		aiqyn.Text{KK: "Әкімдік қызметкері", RU: "Сотрудник акимата", EN: "A clerk at the akimat"},
		aiqyn.Text{
			KK: "Адамның мекенжайын оның келісімімен оқыңыз: анықтама сұрауға болмайды.",
			RU: "Прочитайте адрес человека с его согласия: требовать справку нельзя.",
			EN: "Read a person's address with their consent: asking for a certificate is not allowed.",
		},
	},
}

// surgeryText introduces who keeps the times of a surgery.
var surgeryText = part{
	aiqyn.Text{KK: "Емхана тіркеушісі", RU: "Регистратура поликлиники", EN: "The front desk of a surgery"},
	aiqyn.Text{
		KK: "Дәрігерлердің уақытын жариялаңыз және кім келгенін белгілеңіз: уақытты кімге беруді сіз шешпейсіз.",
		RU: "Опубликуйте часы врачей и отметьте, кто пришёл: кому достанется время, решаете не вы.",
		EN: "Publish the hours of specialists and record who came: whom a time goes to is not for you to say.",
	},
}

// landText introduces who sells plots.
var landText = part{
	aiqyn.Text{KK: "Жер бөлімінің маманы", RU: "Специалист земельного отдела", EN: "A clerk who sells land"},
	aiqyn.Text{
		KK: "Учаскені аукционға шығарыңыз: сіз тек нөмірін айтасыз, баға мен мерзімдер тізілімнен шығады, ал кім жеңетінін мөрлер шешеді.",
		RU: "Выставьте участок на аукцион: вы называете только номер, цена и сроки следуют из реестра, а победит тот, чья печать.",
		EN: "Put a plot up for auction: you name its number alone, price and days follow from the register, and seals decide who wins.",
	},
}

// schoolText introduces the reader who answers for schools.
var schoolText = part{
	aiqyn.Text{KK: "Білім басқармасының қызметкері", RU: "Сотрудник управления образования", EN: "A clerk of the education department"},
	aiqyn.Text{
		KK: "Оқушының мекенжайын ата-анасының келісімімен оқыңыз.",
		RU: "Прочитайте адрес ученика с согласия родителя.",
		EN: "Read a pupil's address with the parent's consent.",
	},
}
