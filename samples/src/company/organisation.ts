export const locations: readonly (readonly [
  city: string,
  country: string,
  openedOn: string,
  desks: number,
])[] = [
  ['Munich', 'Germany', '2009-04-01', 140],
  ['Zurich', 'Switzerland', '2014-09-15', 60],
  ['Dublin', 'Ireland', '2016-02-01', 80],
  ['Kraków', 'Poland', '2018-05-02', 90],
  ['Lisbon', 'Portugal', '2021-10-01', 45],
];

export interface DepartmentSource {
  name: string;
  city: string;
  budget: number;
  /** Share of the company's employees. */
  weight: number;
  /** Titles without the level, as in `positions`. */
  jobs: readonly string[];
}

export const departments: readonly DepartmentSource[] = [
  {
    name: 'Engineering',
    city: 'Kraków',
    budget: 9_400_000,
    weight: 34,
    jobs: ['Software Engineer', 'Test Engineer'],
  },
  { name: 'Sales', city: 'Munich', budget: 4_100_000, weight: 18, jobs: ['Account Manager'] },
  { name: 'Customer Support', city: 'Lisbon', budget: 1_900_000, weight: 16, jobs: ['Support Specialist'] },
  {
    name: 'Marketing',
    city: 'Dublin',
    budget: 2_600_000,
    weight: 9,
    jobs: ['Marketing Manager', 'Designer'],
  },
  { name: 'Finance', city: 'Zurich', budget: 1_500_000, weight: 7, jobs: ['Accountant'] },
  { name: 'Research', city: 'Zurich', budget: 3_300_000, weight: 7, jobs: ['Data Scientist'] },
  { name: 'Human Resources', city: 'Munich', budget: 980_000, weight: 5, jobs: ['Recruiter'] },
  { name: 'Legal', city: 'Dublin', budget: 870_000, weight: 4, jobs: ['Legal Counsel'] },
];

/** Title → middle of the regular band, euros a year. */
export const jobs: Readonly<Record<string, number>> = {
  'Software Engineer': 68_000,
  'Test Engineer': 59_000,
  'Account Manager': 57_000,
  'Support Specialist': 42_000,
  'Marketing Manager': 56_000,
  Designer: 54_000,
  Accountant: 55_000,
  'Data Scientist': 74_000,
  Recruiter: 49_000,
  'Legal Counsel': 78_000,
};

export const levels: readonly (readonly [level: string, prefix: string, factor: number, weight: number])[] = [
  ['junior', 'Junior ', 0.78, 25],
  ['regular', '', 1, 43],
  ['senior', 'Senior ', 1.28, 26],
  ['lead', 'Lead ', 1.55, 6],
];

export const projectNames: readonly string[] =
  `Apollo,Beacon,Cedar,Delta,Evergreen,Falcon,Glacier,Harbour,Ivory,Juniper,Keystone,Lighthouse,Meridian,Nimbus,
  Orchid,Phoenix,Quartz,Redwood,Summit,Tundra,Umbra,Vanguard,Willow,Xenon,Yellowstone,Zephyr,Atlas,Borealis,
  Cascade,Dolphin,Ember,Frontier,Granite,Horizon,Indigo,Jasper`
    .split(',')
    .map((name) => name.trim());

export const skills: readonly (readonly [name: string, area: string])[] = [
  ['SQL', 'technical'],
  ['Python', 'technical'],
  ['TypeScript', 'technical'],
  ['Kubernetes', 'technical'],
  ['Excel', 'business'],
  ['Negotiation', 'business'],
  ['Project Management', 'business'],
  ['Public Speaking', 'business'],
  ['English', 'language'],
  ['German', 'language'],
  ['Polish', 'language'],
  ['Portuguese', 'language'],
  ['French', 'language'],
  ['Machine Learning', 'technical'],
  ['Copywriting', 'business'],
  ['Contract Law', 'business'],
  ['COBOL', 'technical'],
];
