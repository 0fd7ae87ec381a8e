"""What the generator itself counted while drawing, to hold computed indicators against.

The counts are sums over the arrays that were drawn, before any file was written; they share no code with the metrics engine.
truth.json: quantity (some with a kind and a level behind dots: `projects.alliance.city`) → year → level (city, county, school) → code → number; money in yuan with two decimals as text. Year ends
are the 31st of December. Enterprises count in their county and city only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

WORDS: Mapping[str, str] = {
    "students": "在校生数，年末",
    "students_male": "其中男生，年末",
    "students_double_high": "在省级高水平院校就读的在校生数，年末",
    "international_students_present": "当年任何一天在籍的国（境）外学生数",
    "new_students": "当年秋季入学人数",
    "college_intake": "高职当年秋季入学人数",
    "college_intake_integrated_local": "其中从本市招收的一体化学生",
    "international_students": "国（境）外学生入学人数",
    "graduates_due": "当年应毕业人数",
    "graduates": "当年毕业人数",
    "graduates_employed": "毕业去向为单位就业、灵活就业、自主创业、基层项目或参军的人数",
    "graduates_further_study": "升学人数",
    "graduates_to_enterprises": "到用人单位就业的人数",
    "graduates_unemployed": "未就业或暂不就业的人数",
    "graduates_matched": "专业对口就业人数",
    "graduates_poor": "家庭经济困难毕业生数",
    "graduates_poor_settled": "家庭经济困难毕业生中就业或升学的人数",
    "graduates_poor_employed": "其中就业的人数，升学的不计",
    "secondary_graduates": "中职毕业人数",
    "secondary_further_study": "中职毕业生升学人数",
    "college_graduates_not_studying": "高职毕业生数，升学的不计",
    "college_graduates_insured_here": "其中在本市参加社会保险的人数",
    "classes": "在读班级数，年末",
    "order_classes": "当年入学的订单班数",
    "majors_offered": "开设的专业点数，年末",
    "teachers": "专任教师数，年末",
    "specialist_teachers": "专业课教师数，年末，兼职不计",
    "dual_teachers": "双师型专业课教师数，年末",
    "dual_recognised": "当年新认定的双师型教师数",
    "teachers_abroad": "有3至6个月境外培训经历的专业课教师数，年末",
    "part_time_teachers": "在聘兼职教师数，年末",
    "industry_professors": "在聘产业教授数，年末",
    "teacher_practice": "教师企业实践人次，企业已确认",
    "teacher_exchanges": "城市之间互派人次",
    "school_enterprise_exchanges": "校企互派互聘人次",
    "schools_open": "在办学校数，年末",
    "schools_of_enterprises": "其中企业举办的学校数",
    "schools_in_cluster": "其中校区在产业和人口聚集区内的学校数",
    "schools_meeting_standards": "办学条件都达标的学校数",
    "secondary_public_funds": "公办中职公用经费，元",
    "secondary_funded_students": "公办中职学生数",
    "high_school_public_funds": "普通高中公用经费，元",
    "high_school_students": "普通高中学生数",
    "college_appropriation": "公办高职财政拨款，元",
    "college_funded_students": "公办高职学生数",
    "earmarked_funds": "职业教育专项资金安排数，元",
    "courses": "开设课程数",
    "courses_ideological": "落实课程思政的课程数",
    "courses_hybrid": "线上线下混合式课程数",
    "scale_enterprises": "规模以上企业数",
    "scale_enterprises_cooperating": "规模以上企业中当年有有效校企协议的家数",
    "cooperating_enterprises": "年末有有效校企协议的企业数",
    "internship_posts": "实习岗位数",
    "internship_employees": "同一批企业的职工数",
    "training_person_times": "已完成的社会培训人次，在校学生不计",
    "training_persons": "已完成的社会培训的不同人数（有名单的年份）",
    "skill_evaluations": "职业技能评价人次",
    "skill_evaluations_passed": "其中合格的人次",
    "adult_education": "当年入学的学历提升人数",
    "technology_transfers": "当年签约转化的不同成果数",
    "technology_services": "当年签订的技术服务类合同数",
    "technology_receipts": "当年到款额，元",
    "contest_persons": "当年参加竞赛的不同人数",
    "career_activities": "当年开展的职业启蒙活动场次",
    "projects_in_force": "年末有效的认定项目和称号数，一个项目有几级的各计一次",
    "projects": "年末有效的项目数，后面跟类别，再跟级别；只跟类别的，一个项目有几级也只计一个",
    "projects_approved": "年末已立项而没有终止的项目数，后面跟类别",
    "projects_recognised": "当年认定的项目数，后面跟类别和级别",
    "resources": "年末已建成的资源数，后面跟类别和级别",
    "teacher_training": "当年开始培养的教师数，后面跟培养项目类别",
    "staff": "在职教职工数，年末，兼职不计",
    "land_area": "占地面积，平方米",
    "floor_area": "校舍建筑面积，平方米",
    "equipment_value": "教学实训设备值，元",
    "smart_classrooms": "智慧教室间数",
    "secondary_public_funds_all": "中职公用经费，元，公办民办都计",
    "secondary_funded_students_all": "中职学生数，公办民办都计",
    "college_appropriation_all": "高职财政拨款，元，公办民办都计",
    "college_funded_students_all": "高职学生数，公办民办都计",
    "internship_posts_matched_scale": "规模以上企业的对口实习岗位数",
    "scale_employees": "规模以上企业职工数",
    "technology_receipts_horizontal": "其中横向到款额，元",
    "secondary_training_and_evaluating": "当年既有培训又有评价的在办中职学校数",
    "students_taught": "当年任何一天在籍的不同学生数（只有全市）",
    "students_taught_three_years": "当年和前两年任何一天在籍的不同学生数（只有全市）",
    "personal_grants": "当年留学回国就业奖补人数",
    "construction_completed": "当年完工的新（迁、扩）建项目数",
    "construction_investment": "当年完工项目的总投资，元",
    "construction_under_way": "当年有一天在建的项目的总投资，元",
    "construction_spent": "其中到数据截止时的已完成投资，元",
}
"""The quantities, in words."""

Amount = int | Decimal


class Tally:
    """Adds up counts for schools or counties, and for the county and city above each."""

    def __init__(self) -> None:
        self._counts: dict[str, dict[int, dict[str, dict[str, Amount]]]] = defaultdict(
            lambda: defaultdict(lambda: defaultdict(dict))
        )

    def add(
        self, quantity: str, year: int, amount: Amount, city: str, county: str = "", school: str = ""
    ) -> None:
        """Count so much for a place; a kind may follow the quantity behind a dot. One without a word is refused."""
        if quantity.split(".")[0] not in WORDS:
            raise KeyError(quantity)
        levels = self._counts[quantity][int(year)]
        for level, code in (("city", city), ("county", county), ("school", school)):
            if code:
                levels[level][code] = levels[level].get(code, 0) + amount

    def as_json(self) -> dict[str, object]:
        """The content of truth.json."""
        return {
            "about": "生成时逐项清点的数，与指标计算互不相干；演示数据，没有真人真事",
            "words": dict(WORDS),
            "counts": {
                name: {
                    str(year): {
                        level: {code: _plain(amount) for code, amount in sorted(codes.items())}
                        for level, codes in levels.items()
                    }
                    for year, levels in sorted(years.items())
                }
                for name, years in sorted(self._counts.items())
            },
        }

    def value(self, quantity: str, year: int, level: str, code: str) -> Amount:
        """One count; 0 where nothing was counted."""
        return self._counts[quantity][year][level].get(code, 0)


def _plain(amount: Amount) -> int | str:
    return f"{amount:.2f}" if isinstance(amount, Decimal) else int(amount)


def total(amounts: Iterable[Amount]) -> Amount:
    """A sum that stays exact."""
    return sum(amounts, start=0)
