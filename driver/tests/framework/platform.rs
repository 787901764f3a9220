//! A described board, its contexts by name, and its graph.

use std::collections::BTreeSet;

use vcm::addr::{Iova, PhysAddr};
use vcm::fake::{Addresses, Iommu, Ram};
use vcm::mmu::{Access, Attributes};
use vcm::platform::{Description, Platform, PlatformError, Through};
use vcm::wrap::{OneToOne, VcmMmu};
use vcm::{AllocFlags, Misuse, Region, ResFlags, System, Vcm};

use crate::probe::*;

const DDR: Region = Region::new(Iova::new(0x1000_0000), 8 << 20);
const SPACE: Region = Region::new(Iova::new(START), SIZE);

fn description() -> Description {
    Description::new("board")
        .memory("DDR", PhysAddr::new(DDR.start.get()), DDR.size)
        .mmu("IOMMU")
        .context("video", SPACE, Through::Mmu("IOMMU".into()))
        .context("display", DDR, Through::Direct)
        .context("processor", DDR, Through::Cpu)
        .master("decoder", "video")
}

fn platform() -> Platform {
    let system = System::with_sink(|misuse: &Misuse| panic!("{misuse}"));
    Platform::new(description(), system).unwrap()
}

fn mapped(platform: &Platform, name: &str, ram: &Ram) -> Result<Vcm, PlatformError> {
    let driver = VcmMmu::new(Iommu::new(), ram.clone(), Addresses::new(SPACE));
    platform.create(name, Box::new(driver))
}

fn direct(platform: &Platform, name: &str, ram: &Ram) -> Vcm {
    let driver = OneToOne::new(ram.clone(), DDR);
    platform.create(name, Box::new(driver)).unwrap()
}

fn ram() -> Ram {
    Ram::new(PhysAddr::new(DDR.start.get()), DDR.size)
}

#[test]
fn names_have_to_be_unique_and_known() {
    let refused = |description: Description| {
        let system: System = System::new();
        Platform::new(description, system).err().unwrap()
    };
    let twice = |name: &str| PlatformError::TwiceNamed(name.into());
    assert_eq!(refused(description().mmu("IOMMU")), twice("IOMMU"));
    let again = description().memory("DDR", PhysAddr::new(0), 0x1000);
    assert_eq!(refused(again), twice("DDR"));
    let again = description().context("video", SPACE, Through::Cpu);
    assert_eq!(refused(again), twice("video"));
    let again = description().master("decoder", "display");
    assert_eq!(refused(again), twice("decoder"));
    let wraps = description().memory("top", PhysAddr::new(0xFFFF_F000), 0x2000);
    assert_eq!(refused(wraps), PlatformError::BadMemory("top".into()));
    let nowhere = description().master("stray", "audio");
    assert_eq!(refused(nowhere), PlatformError::NoContext("audio".into()));
    let behind = description().context("audio", SPACE, Through::Mmu("SMMU".into()));
    let expected = PlatformError::NoMmu {
        context: "audio".into(),
        mmu: "SMMU".into(),
    };
    assert_eq!(refused(behind), expected);
}

#[test]
fn a_description_says_what_it_was_told() {
    let said = description();
    assert_eq!(said.name(), "board");
    let memories = said.memories().iter();
    let memories: Vec<_> = memories.map(|m| (m.name.as_str(), m.range.size)).collect();
    assert_eq!(memories, [("DDR", DDR.size)]);
    assert_eq!(said.mmus(), ["IOMMU"]);
    let contexts = said.contexts().iter();
    let contexts: Vec<_> = contexts.map(|c| (c.name.as_str(), c.space)).collect();
    let expected = [("video", SPACE), ("display", DDR), ("processor", DDR)];
    assert_eq!(contexts, expected);
    let masters = said.masters().iter();
    let masters: Vec<_> = masters
        .map(|m| (m.name.as_str(), m.context.as_str()))
        .collect();
    assert_eq!(masters, [("decoder", "video")]);
}

#[test]
fn what_is_held_says_which_it_is() {
    let (platform, ram) = (platform(), ram());
    let video = mapped(&platform, "video", &ram).unwrap();
    let reservation = video.reserve(PAGE, res()).unwrap();
    assert_eq!(
        (reservation.size(), reservation.region().size),
        (PAGE, PAGE)
    );
    let demand = video.reserve_on_demand(PAGE, PAGE, alloc(), res());
    let demand = demand.unwrap();
    let phys = video.alloc(PAGE, alloc()).unwrap();
    let binding = video.map(&phys, res()).unwrap();
    let active = video.activate().unwrap();
    let debug = |id: &dyn std::fmt::Debug| format!("{id:?}");
    for (said, ids) in [
        (debug(&video), vec![debug(&video.id())]),
        (debug(&active), vec![debug(&video.id())]),
        (
            debug(&reservation),
            vec![debug(&reservation.id()), reservation.region().to_string()],
        ),
        (
            debug(&demand),
            vec![debug(&demand.id()), demand.region().to_string()],
        ),
        (debug(&phys), vec![debug(&phys.id())]),
        (
            debug(&binding),
            vec![debug(&binding.id()), debug(&phys.id())],
        ),
    ] {
        for id in ids {
            assert!(said.contains(&id), "{said}: no {id}");
        }
    }
    let failed = reservation.bind(&video.alloc(2 * PAGE, alloc()).unwrap());
    let failed = failed.unwrap_err();
    assert_eq!(failed.to_string(), failed.error.to_string());
    assert!(debug(&failed).contains(&debug(&failed.error)));
}

#[test]
fn a_context_is_created_once_by_its_name_and_again_after_it_is_gone() {
    let (platform, ram) = (platform(), ram());
    assert_eq!(platform.context("video"), Ok(None));
    let video = mapped(&platform, "video", &ram).unwrap();
    assert_eq!(video.space(), SPACE);
    assert_eq!(platform.context("video"), Ok(Some(video.id())));
    let error = mapped(&platform, "video", &ram).unwrap_err();
    assert_eq!(error, PlatformError::Exists("video".into()));
    let error = mapped(&platform, "audio", &ram).unwrap_err();
    assert_eq!(error, PlatformError::NoContext("audio".into()));
    video.destroy().unwrap();
    assert_eq!(platform.context("video"), Ok(None));
    assert!(mapped(&platform, "video", &ram).is_ok());
}

#[test]
fn the_tree_shows_what_is_bound_where() {
    let (platform, ram) = (platform(), ram());
    let video = mapped(&platform, "video", &ram).unwrap();
    let display = direct(&platform, "display", &ram);
    let read_only = ResFlags {
        at: Some(SPACE.start),
        attributes: Attributes {
            write: false,
            ..Attributes::default()
        },
        ..res()
    };
    let picture = display.make_binding(PAGE, alloc(), res()).unwrap();
    let read = video.map(picture.phys(), read_only).unwrap();
    let guard = video.reserve(2 * PAGE, res()).unwrap();
    let active = video.activate().unwrap();
    let access = Access::default();
    video.report_fault(guard.start(), access).unwrap();
    let at = picture.start();
    let expected = format!(
        "\
board
├── memory DDR, 8 MiB at 0x10000000: 4 KiB allocated
├── MMU IOMMU
│   └── context video, 16 MiB at 0x40000000, active: 12 KiB reserved, 4 KiB bound, largest free 16372 KiB, 1 fault
│       ├── master decoder
│       ├── 4 KiB at 0x40000000, read-only → physical memory 0.0
│       └── 8 KiB at 0x40001000, nothing bound
├── direct
│   └── context display, 8 MiB at 0x10000000, inactive: 4 KiB reserved, 4 KiB bound, largest free 8188 KiB
│       └── 4 KiB at {at} → physical memory 0.0
├── CPU
│   └── context processor, 8 MiB at 0x10000000, not created
└── physical memory 0.0, 4 KiB, bound twice
    └── 4 KiB at {at} in DDR
"
    );
    assert_eq!(platform.graph().unwrap().to_string(), expected);
    active.deactivate().unwrap();
    drop((read, guard));
}

#[test]
fn the_tree_shows_how_much_of_a_reservation_is_bound() {
    let (platform, ram) = (platform(), ram());
    let video = mapped(&platform, "video", &ram).unwrap();
    let reservation = video.reserve(3 * PAGE, res()).unwrap();
    let (start, phys) = (reservation.start(), video.alloc(2 * PAGE, alloc()).unwrap());
    let tree = || platform.graph().unwrap().to_string();
    let line = format!("12 KiB at {start} → {}", phys.id());
    let part = reservation.bind(&phys).unwrap();
    assert!(
        tree().contains(&format!("{line}, 8 KiB bound\n")),
        "{}",
        tree()
    );
    drop(part);
    let phys = video.alloc(3 * PAGE, alloc()).unwrap();
    let line = format!("12 KiB at {start} → {}\n", phys.id());
    let _whole = video.map(&phys, res()).unwrap();
    assert!(tree().contains(&line), "{}", tree());
}

#[test]
fn the_tree_shows_eight_parts_of_memory_and_how_many_more_there_are() {
    let platform = platform();
    let ram = Ram::scattered(PhysAddr::new(DDR.start.get()), DDR.size);
    let video = mapped(&platform, "video", &ram).unwrap();
    for parts in [7, 8, 9, 20] {
        let phys = video.alloc(parts * PAGE, alloc()).unwrap();
        assert_eq!(phys.parts().len(), parts as usize);
        let tree = platform.graph().unwrap().to_string();
        assert_eq!(tree.matches(" in DDR").count() as u32, parts.min(8));
        let more = match parts {
            0..=8 => 0,
            _ => 1,
        };
        assert_eq!(tree.matches("more parts").count(), more, "{tree}");
        let text = format!("and {} more parts", parts.saturating_sub(8));
        assert_eq!(tree.matches(&text).count(), more, "{tree}");
    }
}

#[test]
fn the_bar_in_the_picture_has_nothing_of_what_there_is_nothing_of() {
    let (platform, ram) = (platform(), ram());
    let video = mapped(&platform, "video", &ram).unwrap();
    let cells = || {
        let dot = platform.graph().unwrap().dot().to_string();
        let bar = dot
            .lines()
            .find(|line| line.contains("height=\"8\""))
            .unwrap();
        bar.matches("<td bgcolor=").count()
    };
    assert_eq!(cells(), 1);
    let reservation = video.reserve(PAGE, res()).unwrap();
    assert_eq!(cells(), 2);
    let phys = video.alloc(PAGE, alloc()).unwrap();
    let _bound = reservation.bind(&phys).unwrap();
    assert_eq!(cells(), 2);
    let _reserved = video.reserve(PAGE, res()).unwrap();
    assert_eq!(cells(), 3);
}

#[test]
fn contexts_beyond_the_description_are_shown_as_such() {
    let platform = platform();
    let probe = Probe::new(MMU_LIKE);
    let start = Iova::new(START);
    let stray = platform
        .system()
        .create(start, SIZE, Box::new(probe))
        .unwrap();
    let tree = platform.graph().unwrap().to_string();
    let expected = "\
└── not described
    └── context 0.0, 16 MiB at 0x40000000, inactive: 0 bytes reserved, 0 bytes bound, largest free 16 MiB
";
    assert!(tree.ends_with(expected), "{tree}");
    stray.destroy().unwrap();
}

#[test]
fn the_picture_has_a_node_for_everything_and_an_arrow_for_every_binding() {
    let (platform, ram) = (platform(), ram());
    let video = mapped(&platform, "video", &ram).unwrap();
    let display = direct(&platform, "display", &ram);
    let picture = display.make_binding(PAGE, alloc(), res()).unwrap();
    let read = video.map(picture.phys(), res()).unwrap();
    let many: Vec<_> = (0..60)
        .map(|_| {
            video
                .make_binding(PAGE, AllocFlags::default(), res())
                .unwrap()
        })
        .collect();
    let dot = platform.graph().unwrap().dot().to_string();
    let count = |text: &str| dot.matches(text).count();
    assert_eq!(count("digraph"), 1);
    assert_eq!(count("subgraph"), 3);
    assert_eq!(count("\"master decoder\" -> \"context 0\""), 1);
    assert_eq!(count("<i>not created</i>"), 1);
    assert_eq!(count("and 21 more reservations"), 1);
    assert_eq!(count("and 21 more allocations"), 1);
    // 40 of the one context, and the one of the other.
    assert_eq!(count(":e -> \"physical memory"), 41);
    assert_eq!(count("{"), count("}"));
    assert_eq!(count("<table"), count("</table>"));
    let nodes = dot.lines().filter(|line| line.contains("[label=<"));
    let contexts: Vec<&str> = nodes.filter(|node| node.contains("\"context ")).collect();
    let names: BTreeSet<&&str> = contexts.iter().collect();
    assert!(
        contexts.len() > 1 && names.len() == contexts.len(),
        "{contexts:?}"
    );
    drop((picture, read, many));
}

#[test]
fn an_arrow_goes_to_the_memory_that_is_bound_and_to_no_other() {
    let (platform, ram) = (platform(), ram());
    let video = mapped(&platform, "video", &ram).unwrap();
    let arrows = || {
        let dot = platform.graph().unwrap().dot().to_string();
        let all = dot.split(":e -> \"").skip(1);
        let to = all.filter_map(|arrow| arrow.split('"').next().map(str::to_owned));
        to.collect::<Vec<_>>()
    };
    let one = video.alloc(PAGE, alloc()).unwrap();
    assert!(arrows().is_empty());
    let binding = video.map(&one, res()).unwrap();
    assert_eq!(arrows(), [one.id().to_string()]);
    let other = video.make_binding(PAGE, alloc(), res()).unwrap();
    let to = [one.id(), other.phys().id()].map(|id| id.to_string());
    assert_eq!(arrows(), to);
    drop(binding);
}

#[test]
fn each_reservation_has_a_port_of_its_own_in_the_picture() {
    let (platform, ram) = (platform(), ram());
    let video = mapped(&platform, "video", &ram).unwrap();
    let reserve = || Some(video.reserve(PAGE, res()).unwrap());
    let mut all: Vec<_> = (0..12).map(|_| reserve()).collect();
    // One place is another's again and again, so that its number ends as others' begin.
    for _ in 0..12 {
        all[1] = None;
        all[1] = reserve();
        let dot = platform.graph().unwrap().dot().to_string();
        let ports: Vec<&str> = dot.split("port=\"").skip(1).collect();
        let ports: Vec<&str> = ports.iter().filter_map(|p| p.split('"').next()).collect();
        let different: BTreeSet<&&str> = ports.iter().collect();
        assert_eq!((ports.len(), different.len()), (12, 12), "{ports:?}");
    }
}

#[test]
fn names_cannot_break_the_picture() {
    let description = Description::new("a \"board\" <&\\>")
        .mmu("<b>")
        .context("\"x\"", SPACE, Through::Mmu("<b>".into()))
        .master("m\n1", "\"x\"");
    let system: System = System::new();
    let platform = Platform::new(description, system).unwrap();
    let dot = platform.graph().unwrap().dot().to_string();
    assert!(dot.starts_with("digraph \"a &quot;board&quot; &lt;&amp;&#92;&gt;\" {"));
    assert!(dot.contains("<b>context &quot;x&quot;</b>"), "{dot}");
    assert!(dot.contains("label=\"MMU &lt;b&gt;\""));
    assert!(dot.contains("\"master m 1\""));
}
